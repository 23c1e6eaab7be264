// What models answered and were judged by: any bytes have a verdict or none, the order of two
// answers and the blanks around them do not matter, and what was understood can be written and read
// again.
#include <cmath>
#include <string>

#include "fuzz/check.h"
#include "fuzz/input.h"
#include "quality/comparison.h"
#include "quality/judgement.h"
#include "quality/reach_json.h"

namespace weir::fuzz {
namespace {

constexpr size_t kRead = 16 << 10;  // of a judge's answer

void CheckJudgement(std::string_view answer) {
  const auto judged = quality::ReadJudgement(answer);
  const auto start = quality::ReadJudgement(answer.substr(0, kRead));
  WEIR_FUZZ_CHECK(judged.has_value() == start.has_value());
  if (!judged) return;
  WEIR_FUZZ_CHECK(judged->better == start->better && judged->why == start->why);
  WEIR_FUZZ_CHECK(judged->why.size() <= quality::kMaxWhy);
  constexpr std::string_view kSides[] = {"A", "B", "tie"};
  std::string again = "Well: ```json\n";
  json::Writer writer(&again);
  writer.BeginObject();
  writer.Key("why");
  writer.String(judged->why);
  writer.Key("better");
  writer.String(kSides[static_cast<size_t>(judged->better)]);
  writer.EndObject();
  const auto reread = quality::ReadJudgement(again + "\n```");
  WEIR_FUZZ_CHECK(reread && reread->better == judged->better && reread->why == judged->why);
  // A judge that says the same whatever the order decides nothing.
  const auto both = quality::Combine(judged, judged);
  WEIR_FUZZ_CHECK(both && both->outcome == quality::Outcome::kTie);
  WEIR_FUZZ_CHECK(!quality::Combine(judged, std::nullopt));
}

void CheckComparison(std::string_view a, std::string_view b) {
  const auto verdict = quality::Compare(a, b);
  const auto swapped = quality::Compare(b, a);
  WEIR_FUZZ_CHECK(verdict.has_value() == swapped.has_value());
  if (verdict) {
    WEIR_FUZZ_CHECK(verdict->outcome == quality::Outcome::kTie);
    WEIR_FUZZ_CHECK(swapped->by == verdict->by);
  }
  WEIR_FUZZ_CHECK(quality::Compare(a, a));
  const std::string wide = " \n" + std::string(a) + "\t ";
  if (wide.size() <= quality::kMaxCompared) {
    WEIR_FUZZ_CHECK(quality::Compare(a, wide));
    WEIR_FUZZ_CHECK(quality::Compare(wide, b).has_value() == verdict.has_value());
  }
}

void CheckReach(std::string_view json) {
  const auto reach = quality::ReadReach(json);
  if (!reach) {
    WEIR_FUZZ_CHECK(reach.error().message.size() < 512);
    return;
  }
  WEIR_FUZZ_CHECK(std::isfinite(reach->crest));
  std::string text;
  json::Writer writer(&text);
  quality::WriteReach(*reach, &writer);
  const auto again = quality::ReadReach(text);
  WEIR_FUZZ_CHECK(again && again->crest == reach->crest);
  std::string twice;
  json::Writer second(&twice);
  quality::WriteReach(*again, &second);
  WEIR_FUZZ_CHECK(text == twice);
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input = weir::fuzz::Bytes(bytes, size);
  weir::fuzz::CheckJudgement(input);
  weir::fuzz::CheckReach(input);
  // Two answers stand with a zero byte between them.
  const size_t cut = input.find('\0');
  const std::string_view second = cut == std::string_view::npos ? "" : input.substr(cut + 1);
  weir::fuzz::CheckComparison(input.substr(0, cut), second);
  return 0;
}
