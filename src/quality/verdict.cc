#include "quality/verdict.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "json/object.h"

namespace weir::quality {
namespace {

constexpr std::array<std::string_view, 3> kOutcomes = {"win", "tie", "loss"};
constexpr std::array<std::string_view, 4> kDeciders = {"exact", "json", "number", "judge"};

template <class Enum, size_t kCount>
std::optional<Enum> Find(const std::array<std::string_view, kCount>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

// What is not UTF-8 becomes U+FFFD, as where it is written as JSON.
std::string AsUtf8(std::string_view text) {
  std::string json = R"({"text":)";
  AppendJsonString(&json, text);
  json += '}';
  const Result<json::Object> object = json::Object::Parse(json);
  if (!object) return {};
  Result<std::string> read = object->RequiredString("text");
  return read ? *std::move(read) : std::string();
}

}  // namespace

std::string_view OutcomeName(Outcome outcome) {
  return kOutcomes[static_cast<size_t>(outcome)];
}
std::optional<Outcome> OutcomeByName(std::string_view name) {
  return Find<Outcome>(kOutcomes, name);
}
std::string_view DecidedByName(DecidedBy by) {
  return kDeciders[static_cast<size_t>(by)];
}
std::optional<DecidedBy> DecidedByName(std::string_view name) {
  return Find<DecidedBy>(kDeciders, name);
}

std::string BoundedWhy(std::string_view text) {
  std::string why = AsUtf8(Utf8Prefix(Trim(text), 2 * kMaxWhy));
  std::ranges::replace_if(
      why, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return std::string(Trim(Utf8Prefix(Trim(why), kMaxWhy)));
}

}  // namespace weir::quality
