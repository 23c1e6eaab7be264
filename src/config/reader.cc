#include "config/reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/strings.h"
#include "config/parse.h"

namespace weir::config {
namespace {

constexpr size_t kMaxName = 200;
constexpr size_t kMaxShown = 100;
constexpr std::string_view kExpectedName =
    "is not a name: expected 1 to 200 visible ASCII characters without quotes, blanks or any of "
    "\\ , ; < > { } ? & #";

std::string_view KindName(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return "a single value";
    case Node::Kind::kSequence:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
  }
  return "";
}

std::string_view Shown(const Node& node) {
  return Utf8Prefix(node.expanded ? node.raw : node.text, kMaxShown);
}

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string VariableName(std::string_view owner) {
  std::string name;
  for (char c : owner) {
    bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    name += plain ? c : '_';
  }
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return name;
}

}  // namespace

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && IsVisibleAscii(text) &&
         text.find_first_of("\"'`\\,;<>{}?&#") == std::string_view::npos;
}

Error Reader::At(Mark mark, std::string_view message) const {
  if (path_.empty()) return ErrorAt(file_, mark, message);
  return ErrorAt(file_, mark, fmt::format("{}: {}", fmt::join(path_, "."), message));
}

Error Reader::Refuse(const Node& node, std::string_view message) const {
  return At(node.mark, fmt::format("\"{}\" {}", Shown(node), message));
}

Error Reader::NotBuilt(Mark mark, std::string_view meaning) const {
  return At(mark, fmt::format("not built yet ({}); leave it out", meaning));
}

Error Reader::Because(const Node& node, const Error& error) const {
  std::string message = error.message;
  if (node.expanded) {
    // A parser may have cut or changed the value it quotes: nothing that it says is safe to show.
    message = fmt::format("the value of \"{}\" is refused", Shown(node));
    size_t expected = error.message.find(": expected ");
    if (expected != std::string::npos) message += error.message.substr(expected);
  }
  return At(node.mark, message);
}

template <class T>
Result<T> Reader::Parsed(const Node& node, Result<T> (*parse)(std::string_view)) const {
  WEIR_TRY(std::string text, Text(node));
  Result<T> value = parse(text);
  if (!value) return Because(node, value.error());
  return value;
}

void Reader::Warn(Mark mark, std::string_view message) {
  constexpr size_t kMaxWarnings = 100;
  if (warnings_.size() < kMaxWarnings) warnings_.push_back(At(mark, message).message);
}

void Reader::WarnAboutClearSecret(const Node& node, std::string_view owner) {
  if (node.expanded) return;
  if (clear_secret_.line == 0) clear_secret_ = node.mark;
  Warn(node.mark,
       fmt::format("a secret stands in the file in clear: write \"${{{}}}\" and set that "
                   "environment variable",
                   VariableName(owner)));
}

Result<std::string> Reader::Text(const Node& node) const {
  if (node.kind != Node::Kind::kScalar) {
    return At(node.mark, fmt::format("expected a single value, found {}", KindName(node)));
  }
  if (node.text.empty()) return At(node.mark, "the value is empty");
  return node.text;
}

Result<std::string> Reader::Line(const Node& node) const {
  constexpr size_t kLongest = 1'000;
  WEIR_TRY(std::string text, Text(node));
  const auto control = [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; };
  if (text.size() > kLongest || std::any_of(text.begin(), text.end(), control)) {
    return At(node.mark, "expected one line without control characters, at most 1,000 bytes");
  }
  return text;
}

Result<bool> Reader::Bool(const Node& node) const {
  WEIR_TRY(std::string text, Text(node));
  bool bare = !node.quoted || node.expanded;
  if (bare && (text == "true" || text == "false")) return text == "true";
  return Refuse(node, "is not true or false (without quotes; yes, no, on and off are plain text)");
}

Result<int64_t> Reader::Integer(const Node& node, int64_t min, int64_t max) const {
  WEIR_TRY(std::string text, Text(node));
  std::optional<int64_t> value = ParseInt(text);
  if (!value || *value < min || *value > max) {
    return Refuse(node, fmt::format("is not a whole number from {} to {}", min, max));
  }
  return *value;
}

Result<uint64_t> Reader::Unsigned(const Node& node) const {
  WEIR_TRY(std::string text, Text(node));
  std::optional<uint64_t> value = ParseUint(text);
  if (!value) return Refuse(node, "is not a whole number of at most 64 bits");
  return *value;
}

Result<double> Reader::Share(const Node& node) const {
  WEIR_TRY(std::string text, Text(node));
  double value = 0;
  bool plain = text.size() <= 20 && text.find_first_not_of("0123456789.") == std::string::npos;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = error == std::errc() && end == text.data() + text.size();
  if (!plain || !whole || value > 1)
    return Refuse(node, "is not a number from 0 to 1, such as 0.05");
  return value;
}

Result<milliseconds> Reader::Duration(const Node& node) const {
  return Parsed(node, ParseDuration);
}

Result<milliseconds> Reader::DurationOrZero(const Node& node) const {
  WEIR_TRY(std::string text, Text(node));
  if (text == "0" || text == "0s" || text == "0ms") return milliseconds(0);
  return Duration(node);
}

Result<int64_t> Reader::Size(const Node& node, int64_t min, int64_t max) const {
  WEIR_TRY(int64_t size, Parsed(node, ParseSize));
  if (size >= min && size <= max) return size;
  return Refuse(node,
                fmt::format("is not a size from {} to {}", FormatBytes(static_cast<uint64_t>(min)),
                            FormatBytes(static_cast<uint64_t>(max))));
}

Result<int64_t> Reader::Tokens(const Node& node) const {
  constexpr int64_t kMostTokens = 1'000'000'000;
  WEIR_TRY(int64_t tokens, Parsed(node, ParseTokenCount));
  if (tokens >= 1 && tokens <= kMostTokens) return tokens;
  return Refuse(node, "is not a number of tokens from 1 to 1000M");
}

Result<Price> Reader::PriceOf(const Node& node) const {
  return Parsed(node, ParsePrice);
}

Result<NanoUsd> Reader::UsdOf(const Node& node) const {
  return Parsed(node, ParseUsd);
}

Result<HostPort> Reader::Address(const Node& node) const {
  return Parsed(node, ParseHostPort);
}

Result<Url> Reader::UrlOf(const Node& node) const {
  return Parsed(node, ParseUrl);
}

Result<RedisSettings> Reader::RedisUrlOf(const Node& node) const {
  return Parsed(node, ParseRedisUrl);
}

Result<Secret> Reader::SecretOf(const Node& node) const {
  constexpr size_t kMaxSecret = 8u << 10;
  WEIR_TRY(std::string text, Text(node));
  if (text.size() > kMaxSecret || !IsVisibleAscii(text)) {
    return At(node.mark,
              "a key must be at most 8 KiB of visible ASCII: no blank, line break or "
              "letter beyond ASCII");
  }
  return Secret(std::move(text));
}

Result<void> Reader::CheckName(const Name& name) const {
  if (IsName(name.text)) return {};
  return At(name.mark, fmt::format("\"{}\" {}", Utf8Prefix(name.text, kMaxShown), kExpectedName));
}

Result<Name> Reader::NameOf(const Node& node) const {
  WEIR_TRY(std::string text, Text(node));
  if (!IsName(text)) return Refuse(node, kExpectedName);
  return Name{std::move(text), node.mark};
}

Result<std::vector<Name>> Reader::Names(const Node& node) const {
  WEIR_CHECK_OK(ExpectList(node, "[first, second]"));
  std::vector<Name> names;
  for (const Node& item : node.items) {
    WEIR_TRY(Name name, NameOf(item));
    auto same = [&](const Name& other) { return other.text == name.text; };
    if (std::any_of(names.begin(), names.end(), same)) return Refuse(item, "stands here twice");
    names.push_back(std::move(name));
  }
  return names;
}

Result<size_t> Reader::Choice(const Node& node, std::span<const Word> words) const {
  WEIR_TRY(std::string text, Text(node));
  std::vector<std::string_view> candidates;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].word == text) {
      if (words[i].later.empty()) return i;
      return At(node.mark, fmt::format("\"{}\" is not built yet ({})", text, words[i].later));
    }
    if (words[i].later.empty()) candidates.push_back(words[i].word);
  }
  return Refuse(node, fmt::format("is not known here: expected {}", fmt::join(candidates, ", ")));
}

Result<void> Reader::ExpectList(const Node& node, std::string_view example) const {
  if (node.kind == Node::Kind::kSequence) return {};
  return At(node.mark,
            fmt::format("expected a list such as {}, found {}", example, KindName(node)));
}

Result<void> Reader::ExpectMap(const Node& node, std::string_view example) const {
  if (node.kind == Node::Kind::kMap || node.kind == Node::Kind::kNull) return {};
  return At(node.mark, fmt::format("expected a map such as {}, found {}", example, KindName(node)));
}

}  // namespace weir::config
