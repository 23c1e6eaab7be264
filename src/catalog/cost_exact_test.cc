// HARDENING B13: costs against Python's fractions, which reckon without limits.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "catalog/prices.h"

namespace weir::catalog {
namespace {

constexpr int kRows = 20'000;
constexpr std::array kCounts = {&Usage::prompt,          &Usage::cached,       &Usage::completion,
                                &Usage::cache_write,     &Usage::audio_prompt, &Usage::image_prompt,
                                &Usage::audio_completion};
constexpr std::array kRates = {
    &config::RateSettings::input,       &config::RateSettings::cached_input,
    &config::RateSettings::cache_write, &config::RateSettings::output,
    &config::RateSettings::audio_input, &config::RateSettings::audio_output,
    &config::RateSettings::image_input};
constexpr size_t kFields = 7 + 2 + 2 * 7 + 1;

std::string Cases() {
  const std::string command = "python3 '" WEIR_SOURCE_DIR "/tools/cost_cases.py' 20261127 " +
                              std::to_string(kRows) + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  std::array<char, 65536> block{};
  for (size_t got; (got = fread(block.data(), 1, block.size(), pipe)) > 0;) {
    text.append(block.data(), got);
  }
  EXPECT_EQ(pclose(pipe), 0) << text;
  return text;
}

std::vector<std::string_view> Cut(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(at), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

int64_t Number(std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto number = ParseInt(negative ? text.substr(1) : text);
  EXPECT_TRUE(number) << text;
  return negative ? -number.value_or(0) : number.value_or(0);
}

void ReadRates(std::span<const std::string_view> texts, config::RateSettings* rates) {
  for (size_t i = 0; i < kRates.size(); ++i) {
    if (texts[i] != "-") rates->*kRates[i] = ParsePrice(texts[i]).value();
  }
}

Prices ReadPrices(std::string_view condition, std::span<const std::string_view> texts) {
  config::PriceSettings said;
  ReadRates(texts, &said);
  if (condition.starts_with("above ")) {
    said.above.resize(1);
    said.above[0].tokens = Number(condition.substr(6));
    ReadRates(texts.subspan(kRates.size()), &said.above[0]);
  } else if (condition.starts_with("utc ")) {
    said.off_peak.resize(1);
    EXPECT_TRUE(said.off_peak[0].utc.Add(condition.substr(4))) << condition;
    ReadRates(texts.subspan(kRates.size()), &said.off_peak[0]);
  }
  return MakePrices(said, "", "");
}

TEST(CostExact, B13EqualsFractionsOrIsAnError) {
  const std::string text = Cases();
  int exact = 0, refused = 0;
  for (const std::string_view line : Cut(text, '\n')) {
    const std::vector<std::string_view> fields = Cut(line, '\t');
    ASSERT_EQ(fields.size(), kFields) << line;
    Usage usage;
    for (size_t i = 0; i < kCounts.size(); ++i) usage.*kCounts[i] = Number(fields[i]);
    const Prices prices = ReadPrices(fields[7], std::span(fields).subspan(9, 14));
    const Result<NanoUsd> cost = Cost(usage, prices, Number(fields[8]));
    ASSERT_EQ(cost ? std::to_string(cost->nano) : "error", fields.back()) << line;
    ++(cost ? exact : refused);
  }
  EXPECT_EQ(exact + refused, kRows);
  EXPECT_GT(exact, kRows / 3);
  EXPECT_GT(refused, kRows / 10);
}

}  // namespace
}  // namespace weir::catalog
