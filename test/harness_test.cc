// The fakes themselves: a fault that is not really injected would make every other test here a lie.
#include <gtest/gtest.h>

#include "test/harness/http_client.h"
#include "test/harness/recordings.h"
#include "testing/scripted_upstream.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Harness, AnswersInEveryFraming) {
  ScriptedUpstream upstream;
  for (const auto framing :
       {Script::Framing::kLength, Script::Framing::kChunked, Script::Framing::kUntilClose}) {
    upstream.Enqueue(Script::Json("hello world").WithFraming(framing).SplitAt({1, 5, 9}));
    const HttpAnswer answer = Post(upstream.port(), "/x", "{}");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "hello world");
    EXPECT_TRUE(answer.complete);
  }
}

TEST(Harness, KeepsConnectionsAndRemembersRequests) {
  ScriptedUpstream upstream;
  upstream.Always(Script::Json("{}"));
  HttpClient client(upstream.port());
  for (const char* body : {"one", "two"}) {
    client.Send(RequestBytes("POST", "/p?q=1", body, {{"X-Mark", " a b "}}));
    EXPECT_TRUE(client.ReadAnswer().complete);
  }
  const auto requests = upstream.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1].body, "two");
  EXPECT_EQ(requests[1].method, "POST");
  EXPECT_EQ(requests[1].target, "/p?q=1");
  EXPECT_EQ(requests[1].Header("x-mark"), "a b");
  EXPECT_EQ(upstream.connections(), 1U);
}

TEST(Harness, CutsAndResetsWhereTold) {
  ScriptedUpstream upstream;
  upstream.Enqueue(Script::Json("0123456789").CutAt(4, Script::Ending::kClose));
  HttpAnswer cut = Post(upstream.port(), "/", "");
  EXPECT_EQ(cut.body, "0123");
  EXPECT_FALSE(cut.complete);

  upstream.Enqueue(Script::Json("0123456789").CutHeadAt(12, Script::Ending::kReset));
  EXPECT_EQ(Post(upstream.port(), "/", "").status, 0);
  upstream.Enqueue(Script::Raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
  EXPECT_EQ(Post(upstream.port(), "/", "").body, "ok");
  upstream.Enqueue(Script::Json("{}").WithInterim("HTTP/1.1 103 Early Hints\r\na: b\r\n\r\n"));
  const HttpAnswer hinted = Post(upstream.port(), "/", "");
  EXPECT_EQ(hinted.body, "{}");
  EXPECT_EQ(hinted.interims, 1);
}

TEST(Harness, GatesHoldUntilOpened) {
  ScriptedUpstream upstream;
  const auto gate = Gate::Make();
  upstream.Enqueue(Script::Json("abcdef").WaitAt(3, gate));
  HttpClient client(upstream.port(), milliseconds(50));
  client.Send(RequestBytes("POST", "/", ""));
  EXPECT_EQ(client.ReadAnswer().body, "abc");
  gate->Open();
  EXPECT_FALSE(client.ClosedWithin(milliseconds(50)));
}

TEST(Harness, SeesTheClientLeave) {
  ScriptedUpstream upstream;
  upstream.Enqueue(Script::Hang());
  {
    HttpClient client(upstream.port());
    client.Send(RequestBytes("POST", "/", ""));
    ASSERT_TRUE(upstream.WaitForRequests(1, seconds(5)));
    EXPECT_FALSE(upstream.WaitForClientGone(0, milliseconds(30)));
  }
  EXPECT_TRUE(upstream.WaitForClientGone(0, seconds(5)));
}

TEST(Harness, ARefusingPortRefuses) {
  const RefusingPort port;
  EXPECT_NE(port.port(), 0);
  EXPECT_THROW(HttpClient(port.port()), std::runtime_error);
}

TEST(Harness, EventsAreHandedOutOneByOne) {
  ScriptedUpstream upstream;
  upstream.Enqueue(Script::Stream("data: a\n\n: c\n\ndata: b\r\n\r\nrest").SplitAt({3, 8, 9}));
  HttpClient client(upstream.port());
  client.Send(RequestBytes("POST", "/", ""));
  EXPECT_EQ(client.ReadHead().Header("content-type"), "text/event-stream");
  EXPECT_EQ(client.NextEvent()->raw, "data: a\n\n");
  EXPECT_EQ(client.NextEvent()->raw, ": c\n\n");
  EXPECT_EQ(client.NextEvent()->raw, "data: b\r\n\r\n");
  EXPECT_FALSE(client.NextEvent());
  EXPECT_TRUE(client.body_complete());
}

TEST(Harness, MeaningIsBlindToOrderAndBlanksOnly) {
  EXPECT_EQ(Meaning(R"( {"b": [1, {"y":"\u0061","x":null}], "a":1.5} )"),
            R"({"a":1.5,"b":[1,{"x":null,"y":"a"}]})");
  const std::string base = Meaning(R"({"a":[1,2],"b":"1"})");
  for (const char* other : {R"({"a":[2,1],"b":"1"})", R"({"a":[1,2],"b":1})", R"({"a":[1,2]})",
                            R"({"a":[1.0,2],"b":"1"})", R"({"a":[1,2],"b":"1","b":"1"})"}) {
    EXPECT_NE(Meaning(other), base) << other;
  }
  EXPECT_EQ(Meaning(R"({"a":1,"b":{"a":2}})", {"a"}), R"({"b":{"a":2}})");
  EXPECT_EQ(Meaning("[DONE]"), "[DONE]");
}

}  // namespace
}  // namespace weir::e2e
