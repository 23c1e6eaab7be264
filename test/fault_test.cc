// Upstream faults (HARDENING U): before the first content nothing of them reaches the client.
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

struct Fault {
  const char* name;
  std::function<Script()> script;
};

std::string Bomb() {
  std::string head = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 10'000; ++i) head += "x-bomb-" + std::to_string(i) + ": 0123456789\r\n";
  return head + "content-length: 2\r\n\r\n{}";
}

const Fault kFaults[] = {
    {"Status500", [] { return Script::Json(ErrorReply("no"), 500); }},
    {"Status502Html", [] { return Script::Json("<html>", 502).WithType("text/html"); }},
    {"Status503", [] { return Script::Json("", 503); }},
    {"Status529", [] { return Script::Json(ErrorReply("overloaded"), 529); }},
    {"Status429Seconds", [] { return Script::Json("{}", 429).WithHeader("retry-after", "30"); }},
    {"Status429Date",
     [] {
       return Script::Json("{}", 429).WithHeader("retry-after", "Wed, 21 Oct 2099 07:28:00 GMT");
     }},
    {"Status429Junk", [] { return Script::Json("{}", 429).WithHeader("retry-after", "soon"); }},
    {"Status429Huge",
     [] { return Script::Json("{}", 429).WithHeader("retry-after", "1000000000"); }},
    {"Status404", [] { return Script::Json(ErrorReply("no such model", "model_not_found"), 404); }},
    {"Status401", [] { return Script::Json(ErrorReply("bad key"), 401); }},
    {"Status403", [] { return Script::Json(ErrorReply("bad key"), 403); }},
    {"Status302", [] { return Script::Json("", 302).WithHeader("location", "http://127.0.0.1/"); }},
    {"ErrorBodyWith200", [] { return Script::Json(ErrorReply("it broke")); }},
    {"EmptyBody", [] { return Script::Json(""); }},
    {"NoChoices", [] { return Script::Json(R"({"choices":[]})"); }},
    {"Html", [] { return Script::Json("<html>login</html>").WithType("text/html"); }},
    {"NotJson", [] { return Script::Json("{\"choices\":[{]}"); }},
    {"NotAnObject", [] { return Script::Json("[1,2]"); }},
    {"CutBody", [] { return Script::Json(ChatReply("secret")).CutAt(60, Script::Ending::kClose); }},
    {"CutChunkedBody",
     [] {
       return Script::Json(ChatReply("secret"))
           .WithFraming(Script::Framing::kChunked)
           .CutAt(60, Script::Ending::kClose);
     }},
    {"ResetBody", [] { return Script::Json(ChatReply("x")).CutAt(60, Script::Ending::kReset); }},
    {"ResetInHead", [] { return Script::Json("{}").CutHeadAt(20, Script::Ending::kReset); }},
    {"CloseBeforeHead", [] { return Script::Json("{}").CutHeadAt(0, Script::Ending::kClose); }},
    {"NotHttp", [] { return Script::Raw("SSH-2.0-OpenSSH_9.2\r\n\r\n"); }},
    {"HeaderBomb", [] { return Script::Raw(Bomb()); }},
    {"LengthAndChunked",
     [] {
       return Script::Raw(
           "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n"
           "2\r\n{}\r\n0\r\n\r\n");
     }},
    {"NegativeLength",
     [] { return Script::Raw("HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}"); }},
    {"NotGzip", [] { return Script::Json(ChatReply("x")).WithHeader("content-encoding", "gzip"); }},
};

class FaultTest : public GatewayTest, public testing::WithParamInterface<Fault> {};

TEST_P(FaultTest, IsInvisibleInAPlainAnswer) {
  Start();
  first_.Enqueue(GetParam().script());
  second_.Always(Script::Json(ChatReply("from the second")));
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, ChatReply("from the second"));
  EXPECT_TRUE(answer.Header("x-weir-model").ends_with("middle"));
  EXPECT_EQ(answer.Header("x-weir-attempts"), "2");
  EXPECT_NE(answer.Header("x-weir-fallback"), "");
  EXPECT_EQ(first_.requests().size(), 1U);
}

TEST_P(FaultTest, IsInvisibleInAStream) {
  Start();
  first_.Enqueue(GetParam().script());
  second_.Always(Script::Stream(WholeStream({"a", "b"})));
  const auto [client, head] = Stream();
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.Header("x-weir-model").ends_with("middle"));
  EXPECT_EQ(Drain(*client), StreamWithoutUsage({"a", "b"}));
}

INSTANTIATE_TEST_SUITE_P(Every, FaultTest, testing::ValuesIn(kFaults),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace weir::e2e
