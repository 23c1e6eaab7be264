#include "route/learned/prompt_text.h"

#include <gtest/gtest.h>

#include "route/learned/reading_for_test.h"

namespace weir::route {
namespace {

std::string Kept(const learned::Prompt& prompt) {
  return learned::KeptOf(prompt.text->text(), prompt.cuts);
}

std::string Read(std::string_view text) {
  PromptText reader;
  return Kept(reader.Read(text));
}

TEST(PromptText, PlainProseStandsAsItIs) {
  const std::string_view plain = "What is the capital of France?";
  PromptText reader;
  EXPECT_EQ(reader.Read(plain).text->text().data(), plain.data());
  EXPECT_EQ(Read(""), "");
}

TEST(PromptText, HarnessTextIsNotTheUsers) {
  EXPECT_EQ(Read("<system-reminder>Design a compiler.</system-reminder>\nhi"), "hi");
}

TEST(PromptText, X05OneTextHoweverItIsWritten) {
  const std::string_view plain = "Explain the proof";
  EXPECT_EQ(Read("Ｅｘｐｌａｉｎ ｔｈｅ ｐｒｏｏｆ"), plain);       // full width
  EXPECT_EQ(Read("Exp\u200Blain the\u200D pro\u2060of"), plain);    // zero width
  EXPECT_EQ(Read("\u202EExplain the proof\u202C"), plain);          // direction marks
  EXPECT_EQ(Read("Explain the proof\U000E0061\U000E0062"), plain);  // tag characters
  EXPECT_EQ(Read("Ex\u0440lain th\u0435 pr\u043E\u043Ef"), plain);  // Cyrillic among Latin
  EXPECT_EQ(Read("cafe\u0301 menu"), Read("caf\u00E9 menu"));       // decomposed, composed
}

TEST(PromptText, ATextOfAnotherScriptStays) {
  EXPECT_EQ(Read("Почему небо синее?"), "Почему небо синее?");
  EXPECT_EQ(Read("为什么天空是蓝色的"), "为什么天空是蓝色的");
  EXPECT_EQ(Read("Γιατί ο ουρανός;"), "Γιατί ο ουρανός;");
}

TEST(PromptText, X04PaddingSaysNothing) {
  EXPECT_EQ(Read("hello" + std::string(900, ' ') + "there"), "hello  there");
  EXPECT_EQ(Read("hello!" + std::string(900, '!')), "hello!!!!");
  const std::string blanks(5000, ' ');
  EXPECT_EQ(Read(blanks + "hello" + blanks), "hello");
  EXPECT_EQ(Read("hello" + blanks + "there"), "hello  \n  there");
  EXPECT_EQ(Read("hello\n\n\n\n\n\nthere"), "hello\n\nthere");
  std::string again;
  for (int i = 0; i < 30; ++i) again += "Tell me a joke. ";
  EXPECT_EQ(Read(again), "Tell me a joke.");
  for (int i = 0; i < 30; ++i) again += "Tell me a joke\n";
  EXPECT_EQ(Read(again), "Tell me a joke.");
}

TEST(PromptText, LongTextsAreReadAtBothEnds) {
  std::string text = "BEGIN ";
  for (int i = 0; text.size() < 100'000; ++i) text += fmt::format("word{} ", i);
  text += "END";
  const std::string read = Read(text);
  EXPECT_LE(read.size(), kPromptHead + kPromptTail + 1);
  EXPECT_TRUE(read.starts_with("BEGIN "));
  EXPECT_TRUE(read.ends_with("END"));
  std::string wide;
  while (wide.size() < 40'000) wide += "语";
  EXPECT_LE(Read(wide).size(), kPromptHead + kPromptTail + 1);
  std::string growing;  // each becomes 18 characters
  while (growing.size() < 3'000) growing += "\uFDFA ";
  EXPECT_LE(Read(growing).size(), kPromptHead + kPromptTail + 1);
}

TEST(PromptText, AReaderForgetsTheTextBefore) {
  PromptText reader;
  const std::string text = "Summarise the report. Summarise the report.";
  EXPECT_EQ(Kept(reader.Read(text)), "Summarise the report.");
  EXPECT_EQ(Kept(reader.Read(text)), "Summarise the report.");
}

TEST(PromptText, BytesThatAreNoTextAreRead) {
  EXPECT_EQ(Read("a\xFF\xFE b"), "a\uFFFD\uFFFD b");
  EXPECT_FALSE(Read(std::string(70'000, '\xE4')).empty());
}

}  // namespace
}  // namespace weir::route
