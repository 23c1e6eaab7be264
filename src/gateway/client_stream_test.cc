// Keeping a client company while its stream has not begun.
#include "gateway/world_for_test.h"

namespace weir::gateway {
namespace {

class ClientStreamTest : public GatewayTest {
 protected:
  // A stream whose first candidate is silent until the gate opens.
  Client& Wait(Script script, std::string_view version = "1.1") {
    gate_ = Gate::Make();
    first_.Enqueue(script.WaitBeforeHead(gate_));
    Client& client = Connect();
    const std::string body = ChatBody("small", R"(,"stream":true)");
    client.Send(
        fmt::format("POST /v1/chat/completions HTTP/{}\r\nhost: localhost\r\n"
                    "connection: keep-alive\r\ncontent-type: application/json\r\n"
                    "content-length: {}\r\n\r\n{}",
                    version, body.size(), body));
    EXPECT_TRUE(Until([&] { return !first_.requests().empty(); }));
    for (int i = 0; i < 50; ++i) worker_.Poll();
    return client;
  }
  Client::Answer Whole(Client& client) {
    gate_->Open();
    EXPECT_TRUE(Until([&] { return client.answer().whole; })) << client.answer().body;
    return client.answer();
  }

  std::shared_ptr<Gate> gate_;
};

constexpr std::string_view kComment = ": keep-alive\n\n";

TEST_F(ClientStreamTest, AfterTenSecondsTheHeadGoesOutWithoutAModel) {
  Load();
  Client& client = Wait(Script::Stream(WholeStream("a")));
  Pass(milliseconds(9'999));
  EXPECT_EQ(client.answer().status, 0);
  Pass(milliseconds(1));
  const Client::Answer early = client.answer();
  EXPECT_EQ(early.status, 200);
  EXPECT_EQ(early.body, kComment);
  EXPECT_NE(early.Header("x-weir-id"), "");
  EXPECT_EQ(early.Header("x-weir-model"), "");
  EXPECT_EQ(early.Header("x-weir-attempts"), "");
  const Client::Answer answer = Whole(client);
  EXPECT_EQ(answer.body, std::string(kComment) + RoleEvent() + ContentEvent("a") + FinishEvent() +
                             R"(: weir {"model":"first/small","attempts":1,"fallback":""})" +
                             "\n\n" + std::string(kDoneEvent));
}

TEST_F(ClientStreamTest, ACommentEveryTenSecondsAndNoMore) {
  Load();
  Client& client = Wait(Script::Stream(WholeStream("a")));
  for (int i = 0; i < 3; ++i) {
    Pass(seconds(10));
    Pass(milliseconds(1));
  }
  EXPECT_EQ(client.answer().body, fmt::format("{0}{0}{0}", kComment));
  Whole(client);
}

TEST_F(ClientStreamTest, AnotherCandidateMayStillAnswer) {
  Load();
  second_.Enqueue(Script::Stream(WholeStream("b")));
  Client& client = Wait(Script::Json("", 500));
  Pass(seconds(10));
  const std::string body = Whole(client).body;
  EXPECT_NE(body.find(ContentEvent("b")), std::string::npos);
  EXPECT_NE(
      body.find(R"(: weir {"model":"second/middle","attempts":2,"fallback":"upstream_status"})"),
      std::string::npos)
      << body;
}

TEST_F(ClientStreamTest, AFailureAfterTheHeadIsAnEventAndNoDone) {
  Load();
  second_.Always(Script::Json("", 500));
  third_.Always(Script::Json("", 500));
  Client& client = Wait(Script::Json("", 500));
  Pass(seconds(10));
  const Client::Answer answer = Whole(client);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("data: {\"error\":{"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("[DONE]"), std::string::npos);
  EXPECT_EQ(row().status, 200);
  EXPECT_EQ(row().outcome, "upstream_status");
}

TEST_F(ClientStreamTest, ARefusalAfterTheHeadIsAnEventToo) {
  Load();
  Client& client = Wait(Script::Json(ErrorReply("top_p"), 400));
  Pass(seconds(10));
  const Client::Answer answer = Whole(client);
  EXPECT_NE(answer.body.find("top_p"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("[DONE]"), std::string::npos);
}

TEST_F(ClientStreamTest, AClientThatCannotBeReachedEndsTheWait) {
  Load();
  Client& client = Wait(Script::Stream(WholeStream("a")));
  client.Leave(net::IoStatus::kReset);
  ASSERT_TRUE(Until([&] { return !ledger_.rows.empty(); }));
  EXPECT_EQ(row().outcome, "client_gone");
  EXPECT_EQ(row().attempts.at(0).outcome, "client_gone");
  EXPECT_TRUE(first_.WaitForClientGone(0, seconds(5)));
}

TEST_F(ClientStreamTest, Http10GetsNoChunksAndAClose) {
  Load();
  Client& client = Wait(Script::Stream(WholeStream("a")), "1.0");
  const Client::Answer answer = Whole(client);
  EXPECT_EQ(answer.Header("transfer-encoding"), "");
  EXPECT_EQ(answer.Header("connection"), "close");
  EXPECT_EQ(answer.body, RoleEvent() + ContentEvent("a") + FinishEvent() + std::string(kDoneEvent));
  EXPECT_TRUE(client.closed());
}

TEST_F(ClientStreamTest, APlainRequestIsNeverKeptCompany) {
  Load();
  const auto gate = Gate::Make();
  first_.Enqueue(Script::Json(ChatReply("slow")).WaitBeforeHead(gate));
  Client& client = Connect();
  client.Post("/v1/chat/completions", ChatBody("small"));
  ASSERT_TRUE(Until([&] { return first_.requests().size() == 1; }));
  Pass(seconds(60));
  EXPECT_EQ(client.answer().status, 0);
  gate->Open();
  ASSERT_TRUE(Until([&] { return client.answer().whole; }));
  EXPECT_EQ(client.answer().body, ChatReply("slow"));
}

}  // namespace
}  // namespace weir::gateway
