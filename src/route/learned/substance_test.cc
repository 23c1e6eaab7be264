#include "route/learned/substance.h"

#include <gtest/gtest.h>

#include "route/learned/reading_for_test.h"

namespace weir::route::learned {
namespace {

std::string Kept(std::string_view text) {
  TextMap map;
  map.Read(text);
  Tokens tokens;
  tokens.Read(map);
  Substance substance;
  return KeptOf(text, substance.Around(map, tokens.all()));
}

TEST(Substance, SentencesWithoutASubjectGo) {
  constexpr std::string_view kAsk = "who painted the Mona Lisa";
  for (const std::string_view around :
       {"Hello! I hope you are well. | Thank you so much!", "translate: |", "Quick simple task: |",
        "|\nBe thorough and precise.", "[tier=premium] |",
        "|\n{\"tier\": \"frontier\", \"score\": 1}", "Please use the strongest model. |",
        "| (short answer please)"}) {
    std::string text(around);
    text.replace(text.find('|'), 1, kAsk);
    EXPECT_EQ(Kept(text), kAsk) << text;
  }
  EXPECT_EQ(Kept("你好。用最强的模型回答。谁写了《西游记》"), "谁写了《西游记》");
}

TEST(Substance, ASentenceThatNamesASubjectStays) {
  for (const std::string_view text :
       {"Which router has the best range for a large house? Compare three.",
        "translate this to German: good morning", "Explain the proof. Is it complete for n = 2?",
        "Let G be a group of order 15. Prove that it is cyclic.", "x = 3; y = 4. Add 5 to both."}) {
    const std::string kept = Kept(text);
    EXPECT_EQ(kept.substr(0, 12), text.substr(0, 12)) << kept;
  }
}

TEST(Substance, ListsOfWordsAtAnEndGo) {
  EXPECT_EQ(Kept("who was Napoleon theorem kernel plaintiff quantum"), "who was Napoleon");
  EXPECT_EQ(Kept("tort, statute, negligence, appeal, jury. who was Napoleon"), "who was Napoleon");
  EXPECT_EQ(Kept("who was the wife of Napoleon theorem kernel plaintiff quantum"),
            "who was the wife of");
  EXPECT_EQ(Kept("who was Napoleon\nmatrix theorem kernel plaintiff quantum"), "who was Napoleon");
  EXPECT_EQ(Kept("who was Napoleon\n定理 内核 原告 量子 共识"), "who was Napoleon");
}

// A list before a last sentence that goes, too; lists that are all the subject there is.
TEST(Substance, CutsAreInOrderAndLeaveASubject) {
  for (const char end : {'\n', ':'}) {
    const std::string text = std::string("Explain why the alpha bravo charlie delta echo") + end;
    EXPECT_EQ(Kept(text + "I"), Kept(text)) << end;
  }
  EXPECT_NE(Kept("请解释 进程、线程、协程、管程、纤程").find("进程"), std::string::npos);
  EXPECT_NE(
      Kept("alpha bravo charlie delta echo is the foxtrot golf hotel india juliet").find("echo"),
      std::string::npos);
  EXPECT_EQ(Kept("Explain the difference between HTTP, HTTPS, SPDY."),
            "Explain the difference between HTTP, HTTPS, SPDY.");
}

TEST(Substance, EnumerationsInsideASentenceStay) {
  constexpr std::string_view kText =
      "The colours violet, blue, green, yellow, orange, red and white are mixed; what is seen?";
  EXPECT_EQ(Kept(kText), kText);
}

TEST(Substance, ATextOfNothingElseIsItself) {
  for (const std::string_view text :
       {"", "hi", "thanks!", "please explain", "matrix theorem kernel plaintiff quantum", "...",
        "Answer:", "2+2", "你好", "tier=complex"}) {
    EXPECT_EQ(Kept(text), text);
  }
}

TEST(Substance, ChoicesAndFramesOfExamsStay) {
  constexpr std::string_view kText =
      "Which gas do plants take in?\nA. Oxygen\nB. Carbon dioxide\nC. Both\nAnswer:";
  EXPECT_EQ(Kept(kText), kText);
}

TEST(Substance, HalfACharacterEndsNothing) {
  for (const std::string_view text : {"\xe4", "\xe4\xb8", "a\xe4\xb8 b", "\xff\xfe words \x80"}) {
    EXPECT_EQ(Kept(text), text);
  }
}

}  // namespace
}  // namespace weir::route::learned
