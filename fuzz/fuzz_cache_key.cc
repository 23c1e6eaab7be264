// The answer cache's keys: the bytes of two requests are equal when the requests are, and never
// otherwise, however their parts are made to look like each other.
//
// The texts of two requests are cut out of one text at different places, so that their parts joined
// are the same; their bodies have members of few names and values, so that they often meet.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "cache/key.h"
#include "fuzz/check.h"
#include "fuzz/input.h"
#include "json/scan.h"

namespace weir::fuzz {
namespace {

constexpr size_t kTexts = 3;

struct Written {
  std::string name, value;
  bool operator==(const Written&) const = default;
};

// What a body says: all but the model, in the order of the names.
std::vector<Written> Meaning(std::vector<Written> members) {
  std::erase_if(members, [](const Written& member) { return member.name == "model"; });
  std::ranges::stable_sort(members, {}, &Written::name);
  return members;
}

struct OwnParts {
  cache::Partition partition;
  char endpoint = 0;
  std::array<std::string, kTexts> texts;
  std::vector<Written> written;
  std::string body;
  std::vector<chat::Member> members;
  bool operator==(const OwnParts& other) const {
    return partition == other.partition && endpoint == other.endpoint && texts == other.texts &&
           Meaning(written) == Meaning(other.written);
  }

  cache::KeyParts View() const {
    return {partition, endpoint, texts[0], texts[1], texts[2], body, members};
  }
};

// Writes the members with white space of the fuzzer's and keeps their places.
void WriteBody(Input* input, OwnParts* parts) {
  constexpr std::string_view kNames[] = {"a", "ab", "b", "model", "messages", "n"};
  constexpr std::string_view kValues[] = {"1", "12", "\"1\"", "\" ,\\\" \"", "[1,2]", "{\"a\":[]}"};
  constexpr std::string_view kBlanks[] = {"", " ", "\n\t", "  "};
  const auto blank = [&] { return kBlanks[input->Below(std::size(kBlanks))]; };
  std::string& body = parts->body;
  body = "{";
  const size_t count = input->Below(6);
  for (size_t i = 0; i < count; ++i) {
    const std::string name(kNames[input->Below(std::size(kNames))]);
    const std::string value(kValues[input->Below(std::size(kValues))]);
    body += i == 0 ? "" : ",";
    body += blank();
    chat::Member member;
    member.name = {body.size() + 1, body.size() + 1 + name.size()};
    body += "\"" + name + "\"";
    body += blank();
    body += ":";
    body += blank();
    member.value.begin = body.size();
    body += value;
    member.value.end = body.size();
    body += blank();
    parts->written.push_back({name, value});
    parts->members.push_back(member);
  }
  body += "}";
}

cache::Partition::Kind KindOf(Input* input) {
  using Kind = cache::Partition::Kind;
  constexpr Kind kKinds[] = {Kind::kAll, Kind::kAnonymous, Kind::kKey, Kind::kSeveral};
  return kKinds[input->Below(std::size(kKinds))];
}

OwnParts CutOut(Input* input, std::string_view text) {
  OwnParts parts;
  parts.partition.kind = KindOf(input);
  parts.partition.digest[input->Below(32)] = static_cast<uint8_t>(input->Number(1));
  parts.endpoint = static_cast<char>(input->Number(1));
  std::array<size_t, kTexts + 1> cuts{};
  for (size_t i = 1; i < kTexts; ++i) cuts[i] = input->Below(text.size() + 1);
  cuts[kTexts] = text.size();
  std::sort(cuts.begin(), cuts.end());
  for (size_t i = 0; i < kTexts; ++i) parts.texts[i] = text.substr(cuts[i], cuts[i + 1] - cuts[i]);
  WriteBody(input, &parts);
  return parts;
}

void CheckPair(const OwnParts& a, const OwnParts& b) {
  static const cache::KeyMaker maker;
  std::string scratch_a, scratch_b;
  const cache::KeyParts parts_a = a.View(), parts_b = b.View();
  const cache::KeyView view_a = maker.Make(parts_a, &scratch_a);
  const cache::KeyView view_b = maker.Make(parts_b, &scratch_b);
  const auto key_a = cache::Keep(view_a), key_b = cache::Keep(view_b);
  const bool same = a == b;
  WEIR_FUZZ_CHECK((key_a->bytes == key_b->bytes) == same);
  WEIR_FUZZ_CHECK((key_a->hash == key_b->hash) == same);  // 128 bits, seeded
  WEIR_FUZZ_CHECK(key_a->Is(view_a) && key_a->Is(view_b) == same && key_b->Is(view_a) == same);
  WEIR_FUZZ_CHECK(key_a->partition() == a.partition && key_a->route() == a.texts[0]);
  const cache::Selection selection{a.texts[0], std::nullopt};
  WEIR_FUZZ_CHECK(selection.Holds(*key_b) == (a.texts[0] == b.texts[0]));
  const cache::Selection of_key{std::nullopt, a.partition.digest};
  WEIR_FUZZ_CHECK(of_key.Holds(*key_b) == (b.partition.kind == cache::Partition::Kind::kKey &&
                                           b.partition.digest == a.partition.digest));
}

using Credentials = std::vector<std::string_view>;

Credentials CredentialsIn(Input* input, std::string_view text) {
  Credentials credentials;
  for (size_t left = input->Below(4); left > 0; --left) {
    const auto size = input->Below(text.size() + 1);
    credentials.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return credentials;
}

// One credential however often it is given; else all of them in their order.
Credentials Presented(Credentials credentials) {
  const bool one = std::ranges::all_of(
      credentials, [&](std::string_view each) { return each == credentials.front(); });
  if (one) credentials.resize(std::min<size_t>(credentials.size(), 1));
  return credentials;
}

void CheckCredentials(const Credentials& a, const Credentials& b) {
  const bool same = Presented(a) == Presented(b);
  WEIR_FUZZ_CHECK((cache::PartitionOf(a) == cache::PartitionOf(b)) == same);
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  weir::fuzz::Input input(weir::fuzz::Bytes(bytes, size));
  const std::string_view text = input.Text(512);
  const auto a = weir::fuzz::CutOut(&input, text);
  const auto b = weir::fuzz::CutOut(&input, text);
  weir::fuzz::CheckPair(a, b);
  weir::fuzz::CheckPair(a, a);
  const auto first = weir::fuzz::CredentialsIn(&input, text);
  const auto second = weir::fuzz::CredentialsIn(&input, text);
  weir::fuzz::CheckCredentials(first, second);
  return 0;
}
