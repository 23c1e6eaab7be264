#include "route/keyword_scan.h"

#include <gtest/gtest.h>

#include <random>

#include "base/strings.h"

namespace weir::route {
namespace {

constexpr std::array<std::string_view, 2> kFirst = {"legal", "what is"};
constexpr std::array<std::string_view, 3> kSecond = {"code", "decode", "format"};
constexpr std::array<std::string_view, 1> kThird = {"zzzz"};
constexpr std::array<WordList, 3> kLists = {kFirst, kSecond, kThird};

int Naive(std::string_view text) {
  const std::string lower = AsciiLower(text);
  for (size_t i = 0; i < kLists.size(); ++i) {
    for (const std::string_view word : kLists[i]) {
      if (lower.find(word) != lower.npos) return static_cast<int>(i);
    }
  }
  return -1;
}

TEST(KeywordScan, AnEarlierListWinsWhereverItsWordStands) {
  const KeywordScan scan(kLists);
  EXPECT_EQ(scan.FirstList(std::string(500, 'x') + "zzzz" + std::string(300, 'y') + "LeGaL"), 0);
  EXPECT_EQ(scan.FirstList("decode"), 1);
  EXPECT_EQ(scan.FirstList("lega"), -1);
  EXPECT_EQ(scan.FirstList(""), -1);
}

TEST(KeywordScan, ABlankIsOnlyABlank) {
  using std::string_view_literals::operator""sv;
  const KeywordScan scan(kLists);
  for (const std::string_view near : {"what\0is"sv, "what\tis"sv, "what\xA0is"sv, "what`is"sv}) {
    const std::string text = std::string(64, '-') + std::string(near) + std::string(64, '-');
    EXPECT_EQ(scan.FirstList(text), -1);
    EXPECT_EQ(scan.FirstListPortable(text), -1);
  }
}

TEST(KeywordScan, FindsAWordAtEveryOffsetOfEveryLength) {
  const KeywordScan scan(kLists);
  for (size_t size = 4; size < 140; ++size) {
    for (size_t at = 0; at + 4 <= size; ++at) {
      std::string text(size, '.');
      text.replace(at, 4, "cOdE");
      ASSERT_EQ(scan.FirstList(text), 1) << size << " " << at;
    }
  }
}

TEST(KeywordScan, BothWaysAgreeWithPlainSearch) {
  const KeywordScan scan(kLists);
  std::mt19937 random(7);
  constexpr std::string_view kAlphabet = "legalwhtisodcfrmzLEZ C\xC4\xB0";
  const std::array<std::string_view, 8> pieces = {"leg", "al", "what", " is",
                                                  "CO",  "de", "form", "zzz"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const size_t size = random() % 120;
    while (text.size() < size) {
      if (random() % 3 == 0) {
        text += pieces[random() % pieces.size()];
      } else {
        text += kAlphabet[random() % kAlphabet.size()];
      }
    }
    const int want = Naive(text);
    ASSERT_EQ(scan.FirstList(text), want) << text;
    ASSERT_EQ(scan.FirstListPortable(text), want) << text;
  }
}

}  // namespace
}  // namespace weir::route
