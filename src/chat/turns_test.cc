// The shape of conversations, as the parser sees it.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "chat/request.h"

namespace weir::chat {
namespace {

class TurnsTest : public ::testing::Test {
 protected:
  Request Of(const std::string& messages, const std::string& more = "") {
    body_ = R"({"model":"m","messages":[)" + messages + "]" + more + "}";
    body_.reserve(body_.size() + json::kPadding);
    auto request = parser_.Parse(Endpoint::kChatCompletions, body_);
    EXPECT_TRUE(request) << request.error().message;
    return request ? *request : Request();
  }
  static std::string Said(const std::string& role, const std::string& text) {
    return R"({"role":")" + role + R"(","content":")" + text + R"("})";
  }
  static std::string Called(const std::string& name, const std::string& arguments) {
    return R"({"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",)"
           R"("function":{"name":")" +
           name + R"(","arguments":")" + arguments + R"("}}]})";
  }
  RequestParser parser_;
  std::string body_;
};

const std::string kResult = R"({"role":"tool","tool_call_id":"c1","content":"x"})";

TEST_F(TurnsTest, TheOpeningEndsWithTheFirstUserMessage) {
  const std::string opening = Said("system", "be good") + "," + Said("user", "hello");
  const uint64_t first = Of(opening).opening;
  EXPECT_NE(first, 0U);
  EXPECT_EQ(Of(opening + "," + Said("assistant", "hi") + "," + Said("user", "more")).opening,
            first);
  std::set<uint64_t> all = {first};
  EXPECT_TRUE(
      all.insert(Of(Said("system", "be goo") + "," + Said("user", "hello")).opening).second);
  EXPECT_TRUE(
      all.insert(Of(Said("system", "be good") + "," + Said("user", "hell")).opening).second);
  EXPECT_TRUE(all.insert(Of(Said("user", "hello")).opening).second);
  EXPECT_TRUE(all.insert(Of(Said("user", "be good") + "," + Said("user", "hello")).opening).second);
  EXPECT_EQ(Of(Said("system", "be good")).opening, 0U);
}

// A system prompt that fills all that is read of a request's texts.
TEST_F(TurnsTest, ALongSystemPromptDoesNotHideTheUser) {
  const std::string system = Said("system", std::string(100'000, 's'));
  EXPECT_NE(Of(system + "," + Said("user", "a")).opening,
            Of(system + "," + Said("user", "b")).opening);
}

TEST_F(TurnsTest, AToolsResultGoesOnWithTheLoop) {
  const std::string begin = Said("user", "do it") + "," + Called("ls", "{}") + ",";
  EXPECT_TRUE(Of(begin + kResult).after_tool);
  EXPECT_TRUE(Of(begin + kResult + "," + Said("system", "note")).after_tool);
  EXPECT_FALSE(Of(begin + kResult + "," + Said("user", "stop")).after_tool);
  EXPECT_FALSE(Of(begin + kResult + "," + Said("assistant", "done")).after_tool);
  EXPECT_FALSE(Of(Said("user", "do it")).after_tool);
  EXPECT_TRUE(
      Of(begin +
         R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"x"}]})")
          .after_tool);
  EXPECT_TRUE(Of(begin + R"({"content":"x","role":"function","name":"ls"})").after_tool);
}

TEST_F(TurnsTest, AnAgentsReminderIsNobodysTurn) {
  const std::string reminder = Said("user", R"(<system-reminder>\nbe brief\n</system-reminder>\n)");
  const std::string loop = Said("user", "do it") + "," + Called("ls", "{}") + "," + kResult + ",";
  EXPECT_TRUE(Of(loop + reminder).after_tool);
  EXPECT_FALSE(
      Of(loop + Said("user", "<system-reminder>x</system-reminder> now stop it")).after_tool);
  EXPECT_EQ(Of(reminder + "," + Said("user", "a") + "," + Said("user", "b")).opening,
            Of(reminder + "," + Said("user", "a")).opening);
}

TEST_F(TurnsTest, AnswersAndCallsAreCounted) {
  const Request request = Of(Said("user", "a") + "," + Called("ls", "{}") + "," + kResult + "," +
                             Said("assistant", "b"));
  EXPECT_EQ(request.answers, 2);
  EXPECT_EQ(request.tool_calls, 1);
  EXPECT_EQ(request.repeated_calls, 1);
  EXPECT_EQ(Of(Said("user", "a")).repeated_calls, 0);
}

TEST_F(TurnsTest, EqualCallsAreThoseOfTheNewestAmongTheLastSix) {
  std::string messages = Said("user", "a");
  const auto call = [&](const std::string& name, const std::string& arguments) {
    messages += "," + Called(name, arguments) + "," + kResult;
    return Of(messages).repeated_calls;
  };
  EXPECT_EQ(call("ls", "{}"), 1);
  EXPECT_EQ(call("ls", "{}"), 2);
  EXPECT_EQ(call("ls", "{1}"), 1);
  EXPECT_EQ(call("cat", "{}"), 1);
  EXPECT_EQ(call("ls", "{}"), 3);
  EXPECT_EQ(call("ls", "{}"), 4);
  EXPECT_EQ(call("ls", "{}"), 4) << "the first has left the last six";
  EXPECT_EQ(Of(messages).tool_calls, 7);
}

TEST_F(TurnsTest, CallsOfEveryShapeAreCalls) {
  const std::string old =
      R"({"role":"assistant","function_call":{"arguments":"{}","name":"f"},"content":null})";
  const std::string custom =
      R"({"role":"assistant","tool_calls":[{"type":"custom","custom":{"name":"f","input":"{}"}}]})";
  const std::string parts =
      R"({"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{"a":[1]}}]})";
  for (const std::string& call : {old, custom, parts}) {
    const Request request = Of(Said("user", "a") + "," + call + "," + call);
    EXPECT_EQ(request.tool_calls, 2) << call;
    EXPECT_EQ(request.repeated_calls, 2) << call;
  }
  for (const char* odd : {"null", "1", "{}", "[]", "[1,null,[]]", R"([{"function":1}])",
                          R"([{"function":[{"name":"f"}]}])"}) {
    const Request request =
        Of(Said("user", "a") + R"(,{"role":"assistant","content":"b","tool_calls":)" + odd + "}");
    EXPECT_EQ(request.tool_calls, 0) << odd;
    EXPECT_EQ(request.answers, 1) << odd;
  }
}

// A call that writes a file: what differs deep inside is told by its length and ends at least.
TEST_F(TurnsTest, LongArgumentsDifferByTheirEnds) {
  const std::string big(100'000, 'x');
  const auto equal = [&](const std::string& a, const std::string& b) {
    return Of(Said("user", "a") + "," + Called("w", a) + "," + Called("w", b)).repeated_calls == 2;
  };
  EXPECT_TRUE(equal(big, big));
  EXPECT_FALSE(equal(big, big + "y"));
  EXPECT_FALSE(equal("y" + big, "z" + big));
}

TEST_F(TurnsTest, InstructionsStandAtTheBeginningOfAllText) {
  const auto instructions = [&](const std::string& messages) {
    const Request request = Of(messages);
    return std::string(request.all_text.substr(0, request.instruction_bytes));
  };
  EXPECT_EQ(instructions(Said("user", "a")), "");
  EXPECT_EQ(instructions(Said("system", "s") + "," + Said("user", "a") + "," + Said("system", "t")),
            "s");
  EXPECT_EQ(
      instructions(Said("developer", "d") + "," + Said("system", "s") + "," + Said("user", "a")),
      "d\ns");
  const std::string huge(40'000, 's');
  EXPECT_TRUE(instructions(Said("system", huge) + "," + Said("user", "ask")).find("ask") ==
              std::string::npos);
}

TEST_F(TurnsTest, ThePromptCacheKeyIsReadWhereItIsText) {
  EXPECT_EQ(Of(Said("user", "a"), R"(,"prompt_cache_key":"s-1")").prompt_cache_key, "s-1");
  for (const char* other : {"null", "7", "{}", "[1]"}) {
    EXPECT_EQ(
        Of(Said("user", "a"), std::string(R"(,"prompt_cache_key":)") + other).prompt_cache_key, "");
  }
}

}  // namespace
}  // namespace weir::chat
