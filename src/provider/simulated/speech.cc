#include "provider/simulated/speech.h"

#include "base/hash.h"
#include "base/strings.h"

namespace weir::provider::simulated {
namespace {

constexpr size_t kLongText = 2000;
constexpr size_t kShortText = 120;
constexpr size_t kJsonTokenBytes = 4;
constexpr int64_t kMaxTokens = 1 << 16;

constexpr std::string_view kHardWords[] = {"prove",     "design", "refactor", "analy",
                                           "implement", "debug",  "compare",  "optimi",
                                           "architect", "derive", "contract", "complian"};
constexpr std::string_view kWords[] = {
    "water", "runs",  "over",    "the",   "low",    "wall",    "and",     "down",
    "a",     "quiet", "channel", "while", "stones", "hold",    "its",     "bed",
    "until", "rain",  "fills",   "every", "pool",   "above",   "this",    "mill",
    "where", "old",   "wheels",  "turn",  "slowly", "through", "another", "year"};

// 0 <= value < 1, from the bits that `salt` selects.
double Chance(uint64_t draw, std::string_view salt) {
  const uint64_t bits = Hash64(fmt::format("{}/{}", salt, draw));
  return static_cast<double>(bits >> 11) / static_cast<double>(1ULL << 53);
}

bool HasAny(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(
      words, [text](std::string_view word) { return text.find(word) != text.npos; });
}

int64_t LengthOf(const Ask& ask, const Manner& manner, int64_t choice) {
  double tokens = manner.output_tokens;
  switch (DifficultyOf(ask.last_user)) {
    case Difficulty::kEasy:
      tokens /= 3;
      break;
    case Difficulty::kMedium:
      break;
    case Difficulty::kHard:
      tokens *= 3;
      break;
  }
  tokens *= 0.75 + 0.5 * Chance(ask.draw, fmt::format("length {}", choice));
  return std::clamp(static_cast<int64_t>(tokens), int64_t{1}, kMaxTokens);
}

std::vector<std::string> Prose(uint64_t draw, bool right, int64_t length) {
  std::vector<std::string> tokens = {"The", " simulated", " answer", " is",
                                     right ? " right" : " wrong"};
  const bool has_words = static_cast<int64_t>(tokens.size()) + 3 <= length;
  if (has_words) tokens.emplace_back(":");
  uint64_t state = draw;
  while (has_words && static_cast<int64_t>(tokens.size()) + 1 < length) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    tokens.push_back(fmt::format(" {}", kWords[state >> 59]));
  }
  tokens.emplace_back(".");
  return tokens;
}

std::vector<std::string> Pieces(std::string_view text) {
  std::vector<std::string> tokens;
  while (!text.empty()) {
    const std::string_view piece = Utf8Prefix(text, kJsonTokenBytes);
    tokens.emplace_back(piece);
    text.remove_prefix(piece.size());
  }
  return tokens;
}

// A request that quotes two simulated answers is a judge's: it is told by what they say of
// themselves, and in the words that a judge is asked for.
std::optional<std::string> Judgement(std::string_view text) {
  constexpr std::string_view kSaid = "The simulated answer is ";
  const size_t first = text.find(kSaid);
  const size_t second = first == text.npos ? text.npos : text.find(kSaid, first + 1);
  if (second == text.npos) return std::nullopt;
  const bool a = text.substr(first + kSaid.size()).starts_with("right");
  const bool b = text.substr(second + kSaid.size()).starts_with("right");
  return fmt::format(R"({{"better": "{}", "why": "simulated"}})", a == b ? "tie" : a ? "A" : "B");
}

std::vector<std::string> Json(const Ask& ask, bool right, int64_t length) {
  if (!ask.sample.empty()) return Pieces(ask.sample);
  std::string text = fmt::format("{{\"right\":{},\"answer\":", right);
  std::string words;
  for (const std::string& word : Prose(ask.draw, right, length)) words += word;
  AppendJsonString(&text, words);
  return Pieces(text + "}");
}

}  // namespace

Difficulty DifficultyOf(std::string_view text) {
  if (text.size() > kLongText) return Difficulty::kHard;
  const std::string lower = AsciiLower(text);
  if (HasAny(lower, kHardWords)) return Difficulty::kHard;
  return text.size() < kShortText ? Difficulty::kEasy : Difficulty::kMedium;
}

double QualityAt(Difficulty difficulty, double quality) {
  switch (difficulty) {
    case Difficulty::kEasy:
      return 1 - (1 - quality) / 3;
    case Difficulty::kMedium:
      return quality;
    case Difficulty::kHard:
      return std::max(0.0, 1 - (1 - quality) * 3);
  }
  return quality;
}

Speech Speak(const Ask& ask, const Manner& manner, int64_t choice) {
  Speech speech;
  const double quality = QualityAt(DifficultyOf(ask.last_user), manner.quality);
  const uint64_t prompt_draw = Hash64(fmt::format("{}:{}", manner.seed, ask.last_user));
  speech.right = Chance(prompt_draw, fmt::format("right {}", choice)) < quality;
  const int64_t length = LengthOf(ask, manner, choice);
  if (const auto judgement = Judgement(ask.last_user)) {
    speech.tokens = Pieces(*judgement);
    speech.finish_reason = "stop";
    return speech;
  }
  speech.finish_reason = ask.form == Form::kToolCall ? "tool_calls" : "stop";
  switch (ask.form) {
    case Form::kProse:
      speech.tokens = Prose(ask.draw + static_cast<uint64_t>(choice), speech.right, length);
      break;
    case Form::kJson:
      speech.tokens = Json(ask, speech.right, length);
      break;
    case Form::kToolCall:
      speech.tokens = Pieces(ask.sample);
      break;
  }
  if (ask.max_tokens > 0 && static_cast<int64_t>(speech.tokens.size()) > ask.max_tokens) {
    speech.tokens.resize(static_cast<size_t>(ask.max_tokens));
    speech.finish_reason = "length";
  }
  return speech;
}

bool Fails(const Ask& ask, const Manner& manner) {
  return Chance(ask.draw, "fails") < manner.failure_rate;
}

}  // namespace weir::provider::simulated
