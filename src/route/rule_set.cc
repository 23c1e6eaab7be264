#include "route/rule_set.h"

#include <re2/re2.h>
#include <re2/set.h>

#include "config/pattern.h"

namespace weir::route {
namespace {

constexpr int64_t kSetBytes = 8 << 20;  // program and automaton of all patterns on one text

RE2::Options SetOptions() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kSetBytes);
  return options;
}

bool Holds(const config::RuleWhen& when, const chat::Request& request) {
  if (when.tools && *when.tools != request.has_tools) return false;
  if (when.images && *when.images != (request.images > 0)) return false;
  return !when.min_tokens || request.EstimatedPromptTokens() >= *when.min_tokens;
}

}  // namespace

// All patterns on one text: RE2::Set finds every match in one pass, fifty rules at about the price
// of one. Compile() also checks that the automaton, which is made while it reads, has room within
// kSetBytes; after that Match() cannot fail.
class RuleSet::Patterns {
 public:
  Patterns() : set_(SetOptions(), RE2::UNANCHORED) {}

  Result<void> Add(int rule, std::string_view pattern) {
    WEIR_CHECK_OK(config::CompilePattern(pattern));  // for its message; the set would only say -1
    std::string why;
    if (set_.Add(re2::StringPiece(pattern.data(), pattern.size()), &why) < 0) {
      return MakeError(Reason::kConfig, why);
    }
    rules_.push_back(rule);
    return {};
  }

  Result<void> Finish() {
    if (set_.Compile() || rules_.empty()) return {};
    return MakeError(Reason::kConfig, "all patterns up to this one together are too large for RE2");
  }

  // The rules whose patterns are found, ascending.
  std::vector<int> Matching(std::string_view text) const {
    std::vector<int> found;
    set_.Match(re2::StringPiece(text.data(), text.size()), &found);
    for (int& index : found) index = rules_[static_cast<size_t>(index)];
    std::ranges::sort(found);
    return found;
  }

  int last_rule() const { return rules_.back(); }

 private:
  RE2::Set set_;
  std::vector<int> rules_;
};

RuleSet::RuleSet()
    : on_last_user_(std::make_unique<Patterns>()), on_all_(std::make_unique<Patterns>()) {}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

Result<RuleSet> RuleSet::Compile(std::span<const config::RuleSettings> rules,
                                 std::string_view file) {
  RuleSet compiled;
  compiled.rules_ = rules;
  const auto at = [&](int index, const Error& error) {
    const config::RuleSettings& rule = rules[static_cast<size_t>(index)];
    return config::ErrorAt(file, rule.match_mark,
                           fmt::format("rule `{}`: {}", rule.name.text, error.message));
  };
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].match.empty()) continue;
    Patterns& patterns = rules[i].on_all ? *compiled.on_all_ : *compiled.on_last_user_;
    const auto index = static_cast<int>(i);
    if (auto added = patterns.Add(index, rules[i].match); !added) return at(index, added.error());
  }
  for (Patterns* patterns : {compiled.on_last_user_.get(), compiled.on_all_.get()}) {
    if (auto done = patterns->Finish(); !done) return at(patterns->last_rule(), done.error());
  }
  return compiled;
}

int RuleSet::FirstMatch(const Features& features) const {
  std::optional<std::vector<int>> in_last_user, in_all;
  for (size_t i = 0; i < rules_.size(); ++i) {
    const config::RuleSettings& rule = rules_[i];
    if (!Holds(rule.when, features.request())) continue;
    const auto index = static_cast<int>(i);
    if (rule.match.empty()) return index;
    if (rule.on_all) {
      if (!in_all) in_all = on_all_->Matching(features.all_text_for_rules());
    } else {
      if (!in_last_user) in_last_user = on_last_user_->Matching(features.last_user_for_rules());
    }
    if (std::ranges::binary_search(rule.on_all ? *in_all : *in_last_user, index)) return index;
  }
  return -1;
}

}  // namespace weir::route
