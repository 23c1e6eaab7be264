#include "route/signal.h"

namespace weir::route {
namespace {

constexpr std::string_view kFence = "```";

double Evaluate(const Features& features) {
  const std::string_view text = features.last_user();
  int64_t fences = 0;
  for (size_t at = text.find(kFence); at != text.npos; at = text.find(kFence, at + kFence.size())) {
    ++fences;
  }
  return static_cast<double>(fences);
}

}  // namespace

const Signal kCodeFences{"code_fences", "``` fences in the last user message", Evaluate};

}  // namespace weir::route
