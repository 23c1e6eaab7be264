#include "route/small_talk.h"

#include <gtest/gtest.h>

#include <string>

namespace weir::route {
namespace {

TEST(Approval, IsAShortConsentInManyLanguages) {
  for (const char* text : {"yes",
                           "Yes.",
                           "YES!!",
                           " ok ",
                           "OK, go ahead",
                           "okay",
                           "Sure, go ahead!",
                           "go ahead",
                           "commit it",
                           "Commit and push.",
                           "continue",
                           "Let's go",
                           "let\xE2\x80\x99s do it",
                           "LGTM",
                           "\"yes\"",
                           "yes, do it",
                           "That's right.",
                           "好的",
                           "好的。",
                           "继续",
                           "继续吧！",
                           "可以",
                           "はい",
                           "続けて",
                           "네",
                           "계속해줘",
                           "ja",
                           "Mach weiter!",
                           "oui",
                           "D'accord",
                           "Sí",
                           "SÍ",
                           "vale",
                           "да",
                           "Да!",
                           "ДАВАЙ",
                           "продолжай",
                           "sim",
                           "evet",
                           "نعم",
                           "हाँ",
                           "ठीक है",
                           "tiếp tục",
                           "👍",
                           "k",
                           "<system-reminder>\nThe todo list is empty.\n</system-reminder>\nyes"}) {
    EXPECT_TRUE(IsApproval(text)) << text;
  }
}

TEST(Approval, IsNothingThatSaysMore) {
  for (const char* text :
       {"", " ", "no", "don't", "yes, but use a lock-free queue", "ok what is a monad?", "stop",
        "yes yes yes yes and then prove it", "continue the proof of Fermat", "...", "?",
        "yesterday", "好的，但是先证明这个定理", "okapi", "commit it to memory",
        "<system-reminder>yes</system-reminder>"}) {
    EXPECT_FALSE(IsApproval(text)) << text;
  }
  EXPECT_FALSE(IsApproval("yes" + std::string(1 << 20, ' ') + "and prove it"));
  EXPECT_FALSE(IsApproval("\xFF\xFE\x80"));
}

class Housekeeping : public ::testing::Test {
 protected:
  static chat::Request Asked(std::string_view system, std::string_view user) {
    static std::string all;
    all = std::string(system) + "\n" + std::string(user);
    chat::Request request;
    request.all_text = all;
    request.instruction_bytes = system.size();
    request.last_user = user;
    return request;
  }
  static bool BySystem(std::string_view system) { return IsHousekeeping(Asked(system, "x")); }
};

TEST_F(Housekeeping, IsATitleOrSummaryThatTheSystemPromptAsksFor) {
  for (const char* system :
       {"You are a title generator. You output ONLY a thread title. Nothing else.",
        "Generate a concise, sentence-case title (3-7 words) that captures the main topic or goal "
        "of "
        "this coding session.",
        "Analyze if this message indicates a new conversation topic. If it does, extract a 2-3 "
        "word "
        "title that captures the new topic.",
        "Summarize this coding conversation in under 50 characters.",
        "You are a helpful AI assistant tasked with summarizing conversations.",
        "You will generate a short title based on the first message a user begins a conversation "
        "with"}) {
    EXPECT_TRUE(BySystem(system)) << system;
  }
  for (const char* system :
       {"", "You are a helpful assistant.", "You are a chat assistant for a movie title database.",
        "Find the title of the film. Answer in one word.",
        "You are a support agent. Be kind. When all is done, summarize the conversation in a "
        "ticket.",
        "Write marketing titles for blog posts."}) {
    EXPECT_FALSE(BySystem(system)) << system;
  }
}

TEST_F(Housekeeping, HasNoToolsAndNoImages) {
  chat::Request request = Asked("Generate a title for this conversation.", "x");
  EXPECT_TRUE(IsHousekeeping(request));
  request.has_tools = true;
  EXPECT_FALSE(IsHousekeeping(request));
  request.has_tools = false;
  request.images = 1;
  EXPECT_FALSE(IsHousekeeping(request));
}

TEST_F(Housekeeping, IsATitleThatTheUsersTurnAsksForInFewTokens) {
  chat::Request request =
      Asked("", "### Task:\nGenerate a concise, 3-5 word title summarizing the chat history.");
  EXPECT_FALSE(IsHousekeeping(request));
  request.max_tokens = 50;
  EXPECT_TRUE(IsHousekeeping(request));
  request.max_tokens = 32'000;
  EXPECT_FALSE(IsHousekeeping(request));
  request = Asked("", "Summarize the conversation between Othello and Iago, and what drives it.");
  request.max_tokens = 500;
  EXPECT_FALSE(IsHousekeeping(request));
}

// What is quoted behind the beginning asks for nothing.
TEST_F(Housekeeping, IsLookedForAtTheBeginningOnly) {
  EXPECT_FALSE(BySystem(std::string(2'000, 'a') + ". Generate a title for this conversation."));
}

}  // namespace
}  // namespace weir::route
