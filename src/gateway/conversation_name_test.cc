#include "gateway/conversation_name.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace weir::gateway {
namespace {

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

class ConversationNameTest : public ::testing::Test {
 protected:
  ConversationNames Of(const Fields& fields, uint64_t opening = 1, std::string_view cache_key = "",
                       std::string_view route = "auto") const {
    http::HeaderList headers;
    for (const auto& [name, value] : fields) headers.Add(name, value);
    chat::Request request;
    request.opening = opening;
    request.prompt_cache_key = cache_key;
    return namer_.NamesOf(headers, request, route);
  }
  ConversationNamer namer_;
};

constexpr std::pair<std::string_view, std::string_view> kKey = {"authorization", "Bearer key-a"};

TEST_F(ConversationNameTest, WithoutASessionTheOpeningIsTheName) {
  const ConversationNames names = Of({kKey}, 7);
  EXPECT_FALSE(names.session);
  ASSERT_TRUE(names.thread);
  EXPECT_EQ(Of({kKey, {"x-unrelated", "1"}}, 7).thread, names.thread);
  EXPECT_NE(Of({kKey}, 8).thread, names.thread);
  EXPECT_FALSE(Of({kKey}, 0).thread) << "it says nothing yet";
}

TEST_F(ConversationNameTest, TheSessionsOfRealAgentsAreNames) {
  for (const char* header : {"x-claude-code-session-id", "session-id", "thread-id", "x-session-id",
                             "x-session-affinity", "X-Session-ID"}) {
    const ConversationNames names = Of({kKey, {header, "s-1"}}, 7);
    ASSERT_TRUE(names.session) << header;
    EXPECT_EQ(Of({kKey, {header, "s-1"}}, 8).session, names.session) << header;
    EXPECT_NE(Of({kKey, {header, "s-2"}}, 7).session, names.session) << header;
    EXPECT_NE(Of({kKey, {header, "s-1"}}, 8).thread, names.thread) << "a sub-agent of the session";
    EXPECT_FALSE(Of({kKey, {header, ""}}, 7).session) << header;
  }
  const ConversationNames names = Of({kKey}, 7, "cache-1");
  ASSERT_TRUE(names.session);
  EXPECT_NE(Of({kKey}, 7, "cache-2").session, names.session);
}

TEST_F(ConversationNameTest, ThreadsOfOneSessionAreApart) {
  const ConversationNames one = Of({kKey, {"session-id", "s"}, {"thread-id", "t1"}});
  EXPECT_NE(Of({kKey, {"session-id", "s"}, {"thread-id", "t2"}}).session, one.session);
  EXPECT_NE(Of({kKey, {"session-id", "t1"}, {"thread-id", "s"}}).session, one.session);
}

TEST_F(ConversationNameTest, ClientsAndRoutesNeverMeet) {
  const ConversationNames names = Of({kKey, {"session-id", "s"}}, 7);
  for (const Fields& other :
       {Fields{{"session-id", "s"}}, Fields{{"authorization", "Bearer key-b"}, {"session-id", "s"}},
        Fields{kKey, {"x-api-key", "key-b"}, {"session-id", "s"}},
        Fields{{"authorization", ""}, {"session-id", "s"}}}) {
    EXPECT_NE(Of(other, 7).session, names.session);
    EXPECT_NE(Of(other, 7).thread, names.thread);
  }
  EXPECT_NE(Of({kKey, {"session-id", "s"}}, 7, "", "other").session, names.session);
  EXPECT_EQ(Of({{"x-api-key", "key-a"}, {"session-id", "s"}}, 7).thread, names.thread)
      << "the same key in the other header";
}

// A session's id is the client's text: it cannot stand for a credential beside it.
TEST_F(ConversationNameTest, NoTextRunsIntoTheNext) {
  EXPECT_NE(Of({{"x-api-key", "ab"}, {"session-id", "c"}}).session,
            Of({{"x-api-key", "a"}, {"session-id", "bc"}}).session);
  EXPECT_NE(Of({kKey}, 7, "s").session, Of({kKey, {"session-id", "s"}}, 7).session);
}

TEST_F(ConversationNameTest, AnotherProcessNamesOtherwise) {
  const ConversationNamer other;
  chat::Request request;
  request.opening = 1;
  EXPECT_NE(other.NamesOf({}, request, "auto").thread, Of({}).thread);
}

}  // namespace
}  // namespace weir::gateway
