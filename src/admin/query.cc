#include "admin/query.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/strings.h"

namespace weir::admin {
namespace {

Error Unknown(std::string_view name, std::span<const std::string_view> known) {
  std::string_view near = DidYouMean(name, known);
  std::string hint = !near.empty()   ? Suggestion(near, "")
                     : known.empty() ? std::string("this path takes none")
                                     : fmt::format("known here: {}", fmt::join(known, ", "));
  std::string shown(Utf8Prefix(name, 64));
  return MakeError(Reason::kBadRequest,
                   fmt::format("unknown query parameter `{}`; {}", shown, hint), shown);
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; });
}

Result<std::string> Value(std::string_view name, std::string_view raw) {
  std::optional<std::string> value = PercentDecode(raw, true);
  if (!value || HasControl(*value) || value->size() > Query::kMaxValue) {
    return MakeError(Reason::kBadRequest,
                     fmt::format("the query parameter `{}` must be plain text of at most {} bytes",
                                 name, Query::kMaxValue),
                     std::string(name));
  }
  return std::move(*value);
}

}  // namespace

Result<Query> Query::Parse(std::string_view query, std::span<const std::string_view> known) {
  Query parsed;
  for (std::string_view part : Split(query, '&')) {
    if (part.empty()) continue;
    size_t equals = part.find('=');
    std::string_view name = part.substr(0, equals);
    if (std::find(known.begin(), known.end(), name) == known.end()) return Unknown(name, known);
    for (const auto& parameter : parsed.parameters_) {
      if (parameter.first != name) continue;
      return MakeError(Reason::kBadRequest, fmt::format("`{}` stands twice in the query", name),
                       std::string(name));
    }
    std::string_view raw = equals == std::string_view::npos ? "" : part.substr(equals + 1);
    WEIR_TRY(std::string value, Value(name, raw));
    parsed.parameters_.emplace_back(name, std::move(value));
  }
  return parsed;
}

const std::string& Query::Get(std::string_view name) const {
  static const std::string none;
  for (const auto& [known, value] : parameters_) {
    if (known == name) return value;
  }
  return none;
}

}  // namespace weir::admin
