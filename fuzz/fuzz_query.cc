// Queries of the data plane and of the admin plane, and what their values say (HARDENING F07).
#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "admin/query.h"
#include "admin/when.h"
#include "base/strings.h"
#include "fuzz/check.h"
#include "gateway/query.h"

namespace weir::fuzz {
namespace {

constexpr std::array<std::string_view, 3> kKnown = {"since", "by", "format"};
constexpr WallMicros kNow = 1'790'000'000'000'000;

bool IsPlain(std::string_view text) {
  return std::ranges::none_of(text,
                              [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; });
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    constexpr std::string_view kDigits = "0123456789aBcDeF";
    (escaped += '%') += kDigits[static_cast<uint8_t>(c) >> 4];
    escaped += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return escaped;
}

bool IsModel(std::string_view part) {
  return part.starts_with("model=");
}

// The parameters that go on are the given ones without `model`, byte for byte.
void CheckDataPlane(std::string_view query) {
  Result<gateway::Query> split = gateway::SplitQuery(query);
  const auto parts = Split(query, '&');
  const auto models = std::ranges::count_if(parts, IsModel);
  if (!split) {
    WEIR_FUZZ_CHECK(models > 0);
    return;
  }
  WEIR_FUZZ_CHECK(models == (split->model ? 1 : 0));
  std::string rest;
  for (std::string_view part : parts) {
    if (IsModel(part)) continue;
    if (!rest.empty()) rest += '&';
    rest += part;
  }
  WEIR_FUZZ_CHECK(split->rest == rest);
  if (!split->model) return;
  WEIR_FUZZ_CHECK(IsPlain(*split->model));
  Result<gateway::Query> again = gateway::SplitQuery("model=" + Escaped(*split->model));
  WEIR_FUZZ_CHECK(again && again->model == split->model && again->rest.empty());
}

void CheckAdminPlane(std::string_view query) {
  Result<admin::Query> parsed = admin::Query::Parse(query, kKnown);
  if (!parsed) {
    WEIR_FUZZ_CHECK(parsed.error().status() == 400 && parsed.error().message.size() < 1024);
    return;
  }
  std::string rebuilt;
  for (std::string_view name : kKnown) {
    const std::string& value = parsed->Get(name);
    WEIR_FUZZ_CHECK(value.size() <= admin::Query::kMaxValue && IsPlain(value));
    rebuilt += "&";
    ((rebuilt += name) += "=") += Escaped(value);
  }
  Result<admin::Query> again = admin::Query::Parse(rebuilt, kKnown);
  WEIR_FUZZ_CHECK(again.has_value());
  for (std::string_view name : kKnown) WEIR_FUZZ_CHECK(again->Get(name) == parsed->Get(name));
}

// Before 1970, too, down to what is written.
std::chrono::milliseconds Milliseconds(WallMicros when) {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::microseconds(when));
}

// A moment that was understood is written and read again.
void CheckWhen(std::string_view text) {
  Result<WallMicros> when = admin::ParseWhen("since", text, kNow);
  if (!when) {
    WEIR_FUZZ_CHECK(when.error().status() == 400 && when.error().message.size() < 512);
    return;
  }
  Result<WallMicros> again = admin::ParseWhen("since", FormatWall(*when), kNow);
  WEIR_FUZZ_CHECK(again.has_value() && Milliseconds(*again) == Milliseconds(*when));
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input = weir::fuzz::Bytes(bytes, size);
  weir::fuzz::CheckDataPlane(input);
  weir::fuzz::CheckAdminPlane(input);
  weir::fuzz::CheckWhen(input);
  return 0;
}
