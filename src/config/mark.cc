#include "config/mark.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/strings.h"

namespace weir::config {

Error ErrorAt(std::string_view file, Mark mark, std::string_view message) {
  constexpr size_t kMaxMessage = 2'000;
  std::string clean(Utf8Prefix(message, kMaxMessage));
  // A key or value may hold line breaks; an error stays one line.
  std::replace_if(
      clean.begin(), clean.end(),
      [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; }, '?');
  std::string text = mark.line == 0
                         ? fmt::format("{}: {}", file, clean)
                         : fmt::format("{}:{}:{}: {}", file, mark.line, mark.column, clean);
  return MakeError(Reason::kConfig, std::move(text));
}

Error NotBuiltAt(std::string_view file, std::string_view what, const Name& name,
                 std::span<const std::string_view> built,
                 std::span<const std::string_view> planned) {
  const bool later = std::find(planned.begin(), planned.end(), name.text) != planned.end();
  const std::string_view near = later ? std::string_view() : DidYouMean(name.text, built);
  return ErrorAt(file, name.mark,
                 fmt::format("{} `{}` is {}{}; built are {}", what, name.text,
                             later ? "not built yet" : "unknown", Suggestion(near, " (", ")"),
                             fmt::join(built, ", ")));
}

}  // namespace weir::config
