#include "config/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

namespace weir::config {
namespace {

constexpr int64_t kMaxProgramBytes = 1 << 20;

}  // namespace

Result<std::shared_ptr<const re2::RE2>> CompilePattern(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) {
    return MakeError(Reason::kConfig, "the pattern is longer than 10 KiB");
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxProgramBytes);
  options.set_never_capture(true);
  auto compiled =
      std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (compiled->ok()) return std::shared_ptr<const re2::RE2>(std::move(compiled));
  return MakeError(Reason::kConfig,
                   fmt::format("not a regular expression that RE2 takes: {}", compiled->error()));
}

}  // namespace weir::config
