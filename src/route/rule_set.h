// The user's own rules of one route: the first that matches decides, before any classifier.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "route/features.h"

namespace weir::route {

// Immutable; any thread. A rule matches when its pattern (if it has one) is found in the bounded
// text of features.h and all of its `when` conditions hold.
class RuleSet {
 public:
  // `rules` must outlive the RuleSet. kConfig, with the place in `file`, for what RE2 refuses.
  static Result<RuleSet> Compile(std::span<const config::RuleSettings> rules,
                                 std::string_view file);
  RuleSet(RuleSet&&) noexcept;
  RuleSet& operator=(RuleSet&&) noexcept;
  ~RuleSet();

  // Index into the rules, or -1. Linear in the bounded text; for ordinary patterns a few µs per KB.
  int FirstMatch(const Features& features) const;

 private:
  class Patterns;  // of one text: last_user or all
  RuleSet();

  std::span<const config::RuleSettings> rules_;
  std::unique_ptr<Patterns> on_last_user_;
  std::unique_ptr<Patterns> on_all_;
};

}  // namespace weir::route
