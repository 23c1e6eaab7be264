#include "admin/exposition.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/strings.h"

namespace weir::admin {
namespace {

constexpr std::string_view kWholePage =
    "# HELP weir_metrics_truncated 1 when this page was cut at its size limit.\n"
    "# TYPE weir_metrics_truncated gauge\n"
    "weir_metrics_truncated 0\n";

MetricFamily Gauge(std::vector<Sample> samples) {
  return {"weir_x", "Help.", "gauge", std::move(samples)};
}

std::string Written(const MetricFamily& family) {
  return WriteExposition({&family, 1});
}

TEST(Exposition, WritesFamiliesWithLabelsAndSuffixes) {
  MetricFamily family{"weir_wait_seconds", "How long.", "histogram", {}};
  family.samples.push_back({{{"route", "auto"}, {"le", "0.1"}}, 3, "_bucket"});
  family.samples.push_back({{}, 0.25, "_sum"});
  family.samples.push_back({{}, 1e20, "_count"});
  EXPECT_EQ(Written(family), std::string("# HELP weir_wait_seconds How long.\n"
                                         "# TYPE weir_wait_seconds histogram\n"
                                         "weir_wait_seconds_bucket{route=\"auto\",le=\"0.1\"} 3\n"
                                         "weir_wait_seconds_sum 0.25\n"
                                         "weir_wait_seconds_count 1e+20\n") +
                                 std::string(kWholePage));
}

TEST(Exposition, AnEmptyListIsAWholePage) {
  EXPECT_EQ(WriteExposition({}), kWholePage);
}

TEST(Exposition, ValuesHaveTheFormatsWords) {
  const double infinity = std::numeric_limits<double>::infinity();
  std::string text = Written(Gauge({{{}, infinity, ""},
                                    {{}, -infinity, ""},
                                    {{}, std::numeric_limits<double>::quiet_NaN(), ""}}));
  EXPECT_NE(text.find("weir_x +Inf\nweir_x -Inf\nweir_x NaN\n"), std::string::npos) << text;
}

TEST(Exposition, LabelsCannotLeaveTheirQuotes) {
  std::string text = Written(Gauge({{{{"model", "a\"} 1\nweir_fake{x=\"\\"}}, 7, ""}}));
  EXPECT_NE(text.find(R"(weir_x{model="a\"} 1\nweir_fake{x=\"\\"} 7)"), std::string::npos) << text;
}

// Whatever the bytes, a sample is one line, quotes are balanced, and the text is UTF-8 without
// controls.
TEST(Exposition, EveryByteStaysInItsLine) {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::string_view tail : {"", "\x80", "\xbf\xbf", "x\n"}) {
      std::string value = std::string(1, static_cast<char>(byte)) + std::string(tail);
      std::string text = Written(Gauge({{{{"l", value}}, 1, ""}}));
      EXPECT_EQ(Split(text, '\n').size(), 7u) << byte;
      std::string json;
      AppendJsonString(&json, text);
      bool replaced = json.find("\xef\xbf\xbd") != std::string::npos;
      EXPECT_EQ(replaced, text.find("\xef\xbf\xbd") != std::string::npos) << byte;
      for (char c : text) EXPECT_TRUE(c == '\n' || static_cast<uint8_t>(c) >= 0x20) << byte;
    }
  }
}

TEST(Exposition, KeepsGoodTextAsItIs) {
  std::string text = Written(Gauge({{{{"l", "größe 模型 \xf0\x9f\x98\x80"}}, 1, ""}}));
  EXPECT_NE(text.find("weir_x{l=\"größe 模型 \xf0\x9f\x98\x80\"} 1\n"), std::string::npos) << text;
}

TEST(Exposition, NamesLoseWhatANameMustNotHave) {
  MetricFamily family{"9we-ir\n", "a\nb\\c\"", "gauge", {{{{"la bel", "v"}}, 1, ""}}};
  std::string text = Written(family);
  EXPECT_TRUE(
      text.starts_with("# HELP _9we_ir_ a\\nb\\\\c\"\n# TYPE _9we_ir_ gauge\n"
                       "_9we_ir_{la_bel=\"v\"} 1\n"))
      << text;
}

TEST(Exposition, StopsAtItsLimitAndSaysSo) {
  MetricFamily big = Gauge({});
  for (int i = 0; i < 1000; ++i) big.samples.push_back({{{"n", std::to_string(i)}}, 1, ""});
  std::vector<MetricFamily> families{big, Gauge({{{}, 42, ""}})};
  std::string text = WriteExposition(families, 500);
  EXPECT_LT(text.size(), 500 + kWholePage.size() + 1);
  EXPECT_TRUE(text.ends_with("weir_metrics_truncated 1\n"));
  EXPECT_EQ(text.find(" 42\n"), std::string::npos);
  for (std::string_view line : Split(text, '\n')) {
    EXPECT_TRUE(line.empty() || line.starts_with('#') || line.ends_with(" 1")) << line;
  }
}

}  // namespace
}  // namespace weir::admin
