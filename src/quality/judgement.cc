#include "quality/judgement.h"

#include "base/strings.h"
#include "json/object.h"
#include "quality/loss_figures.h"

namespace weir::quality {
namespace {

constexpr size_t kMaxRead = 16 << 10;
constexpr int kMaxObjects = 16;

std::optional<Better> ReadSide(std::string_view text) {
  text = Trim(text);
  if (StartsWithIgnoreCase(text, "answer ")) text = Trim(text.substr(7));
  if (EqualsIgnoreCase(text, "a")) return Better::kA;
  if (EqualsIgnoreCase(text, "b")) return Better::kB;
  if (EqualsIgnoreCase(text, "tie") || EqualsIgnoreCase(text, "equal")) return Better::kTie;
  return std::nullopt;
}

std::optional<Judgement> ReadObject(std::string_view text) {
  const Result<json::Object> object = json::Object::Parse(text);
  if (!object) return std::nullopt;
  const Result<std::optional<std::string>> better = object->String("better");
  if (!better || !*better) return std::nullopt;
  const std::optional<Better> side = ReadSide(**better);
  if (!side) return std::nullopt;
  const Result<std::optional<std::string>> why = object->String("why");
  return Judgement{*side, BoundedWhy(why && *why ? **why : std::string())};
}

// Where the object that begins at text[0] ends, by its braces outside strings; 0: nowhere.
size_t EndOfObject(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return 0;
}

// Of the routed answer. `first`: it was answer A.
Outcome OutcomeOf(const Judgement& judgement, bool first) {
  if (judgement.better == Better::kTie) return Outcome::kTie;
  return (judgement.better == Better::kA) == first ? Outcome::kWin : Outcome::kLoss;
}

}  // namespace

std::optional<Judgement> ReadJudgement(std::string_view answer) {
  answer = Utf8Prefix(answer, kMaxRead);
  std::optional<Judgement> found;
  size_t at = answer.find('{');
  for (int tries = 0; at != std::string_view::npos && tries < kMaxObjects; ++tries) {
    const std::string_view rest = answer.substr(at);
    const size_t size = EndOfObject(rest);
    std::optional<Judgement> read = ReadObject(rest.substr(0, size));
    if (read && found && read->better != found->better) return std::nullopt;
    at = answer.find('{', at + (read ? size : 1));
    if (read && !found) found = std::move(read);
  }
  return found;
}

std::optional<Verdict> Combine(const std::optional<Judgement>& routed_first,
                               const std::optional<Judgement>& baseline_first) {
  if (!routed_first || !baseline_first) return std::nullopt;
  const Outcome one = OutcomeOf(*routed_first, true);
  const Outcome other = OutcomeOf(*baseline_first, false);
  if (one != other) return Verdict{Outcome::kTie, DecidedBy::kJudge, "the two orders disagree"};
  return Verdict{one, DecidedBy::kJudge, routed_first->why};
}

void JudgeNoise::Add(const Judgement& routed_first, const Judgement& baseline_first) {
  ++pairs_;
  if (OutcomeOf(routed_first, true) != OutcomeOf(baseline_first, false)) ++disagreements_;
}

double JudgeNoise::ErrorRate(double assumed) const {
  return JudgeErrorOf(pairs_, disagreements_, assumed);
}

}  // namespace weir::quality
