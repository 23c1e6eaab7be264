#include "test/harness/edge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kLargestError = 8 << 10;
constexpr std::string_view kHead =
    "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n";

}  // namespace

std::unique_ptr<EdgeTest::Shared> EdgeTest::shared_;

std::ostream& operator<<(std::ostream& out, const EdgeRow& row) {
  return out << row.id;
}

void EdgeTest::StartShared(const World& world) {
  shared_ = std::make_unique<Shared>();
  for (ScriptedUpstream* each : {&shared_->first, &shared_->second, &shared_->third}) {
    each->Always(Script::Json(ChatReply("ok")));
  }
  shared_->weir = std::make_unique<WeirProcess>(
      WorldYaml(world, shared_->first, shared_->second, shared_->third));
  ASSERT_TRUE(weir().Start()) << weir().output();
}

void EdgeTest::TearDownTestSuite() {
  weir().Signal(SIGTERM);
  EXPECT_EQ(weir().WaitExit(seconds(20)), 0) << weir().output().substr(0, 16 << 10);
  shared_.reset();
}

void EdgeTest::TearDown() {
  ASSERT_FALSE(weir().WaitExit(milliseconds(0))) << "it has ended: " << weir().output();
  HttpClient other(port());
  other.Send(Chat("still there?"));
  EXPECT_TRUE(Served(other.ReadAnswer()));
  size_t* judged = shared_->judged.data();
  for (ScriptedUpstream* each : {&shared_->first, &shared_->second, &shared_->third}) {
    const std::vector<SeenRequest> seen = each->requests();
    for (size_t i = std::exchange(*judged++, seen.size()); i < seen.size(); ++i) {
      EXPECT_EQ((seen[i].head + seen[i].body).find(kCanary), std::string::npos) << "smuggled in";
    }
  }
}

std::string EdgeTest::Framed(std::string_view framing, std::string_view wire) {
  return fmt::format("{}{}\r\n{}", kHead, framing, wire);
}

std::string EdgeTest::Chat(std::string_view text, std::string_view fields) {
  const std::string body = ChatBody("large", text);
  return Framed(fmt::format("{}content-length: {}\r\n", fields, body.size()), body);
}

Talk EdgeTest::Say(std::string_view bytes, size_t expected) {
  HttpClient client(port());
  client.Send(bytes);
  Talk talk;
  while (talk.answers.size() < expected) {
    HttpAnswer answer = client.ReadAnswer();
    if (answer.status == 0) break;
    talk.answers.push_back(std::move(answer));
  }
  client.HalfClose();
  for (HttpAnswer more = client.ReadAnswer(); more.status != 0; more = client.ReadAnswer()) {
    talk.answers.push_back(std::move(more));
  }
  talk.closed = client.ClosedWithin(seconds(10));
  return talk;
}

testing::AssertionResult EdgeTest::IsError(const HttpAnswer& answer,
                                           const std::vector<int>& statuses) {
  const auto failure = [&](std::string_view what) {
    return testing::AssertionFailure()
           << what << ": " << answer.status << " " << answer.body.substr(0, 500);
  };
  if (std::ranges::find(statuses, answer.status) == statuses.end()) return failure("the status");
  if (!answer.complete) return failure("the answer is not whole");
  if (answer.body.size() > kLargestError) return failure("the error is too long");
  if (answer.Header("content-type") != "application/json") return failure("the content type");
  if (Member(answer.body, "message").empty()) return failure("the error has no message");
  return testing::AssertionSuccess();
}

testing::AssertionResult EdgeTest::Refused(const Talk& talk, const std::vector<int>& statuses) {
  if (talk.answers.size() != 1) {
    return testing::AssertionFailure() << talk.answers.size() << " answers, expected one";
  }
  if (talk.answers[0].Header("connection") != "close" || !talk.closed) {
    return testing::AssertionFailure() << "the connection is not closed";
  }
  return IsError(talk.answers[0], statuses);
}

testing::AssertionResult EdgeTest::Served(const HttpAnswer& answer) {
  if (answer.status == 200 && answer.complete && answer.body == ChatReply("ok")) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "not served: " << answer.status << " " << answer.body;
}

}  // namespace weir::e2e
