// The walk against simdjson's DOM as a second opinion, over mutated texts.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>
#include <string>

#include "json/scan.h"

namespace weir::json {
namespace {

constexpr std::string_view kSeeds[] = {
    R"({"a":[1,-2.5e3,true,false,null,"x\n\u4f60\ud83d\ude00"],"b":{"c":{}}})",
    R"([[],[{}],{"k":"v","k":0},"",0.1,1E-7])",
    R"({"model":"m","messages":[{"role":"user","content":"hi"}],"n":2})",
};
constexpr std::string_view kBytes = "{}[]\",:\\ \n\t0123456789-+.eEtrufalsn\x01\x7F\xC3\xA9";

std::string Mutated(std::string_view seed, std::mt19937* random) {
  std::string text(seed);
  for (uint32_t i = 1 + (*random)() % 3; i > 0; --i) {
    size_t at = (*random)() % text.size();
    char byte = kBytes[(*random)() % kBytes.size()];
    switch ((*random)() % 4) {
      case 0:
        text[at] = byte;
        break;
      case 1:
        text.insert(text.begin() + static_cast<ptrdiff_t>(at), byte);
        break;
      case 2:
        if (text.size() > 1) text.erase(at, 1);
        break;
      default:
        std::swap(text[at], text[(*random)() % text.size()]);
    }
  }
  return text;
}

TEST(ScanDifferential, AgreesWithTheDomOnEveryMutation) {
  std::mt19937 random(20251123);
  Index index;
  simdjson::dom::parser dom;
  int accepted = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string text = Mutated(kSeeds[static_cast<size_t>(round) % std::size(kSeeds)], &random);
    text.reserve(text.size() + kPadding);
    auto cursor = index.Begin(text, Check::kWhole);
    if (cursor) cursor->Skip();
    bool ours = cursor && cursor->Finish();
    auto code = dom.parse(text).error();
    // Integers beyond 64 bits and doubles at the edge are the DOM's own limit.
    if (code == simdjson::NUMBER_ERROR && ours) continue;
    ASSERT_EQ(ours, code == simdjson::SUCCESS) << text << "\n" << simdjson::error_message(code);
    accepted += ours;
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace weir::json
