// TLS to upstreams (HARDENING T): verified, or not used at all.
#include <unistd.h>

#include "test/harness/world.h"

namespace weir::e2e {
namespace {

class TlsTest : public GatewayTest {
 protected:
  // `small` lives behind TLS at `upstream`; its provider trusts `authority_`.
  void StartWith(const ScriptedUpstream& upstream) {
    ca_file_ = testing::TempDir() + "weir-e2e-ca-" + std::to_string(getpid()) + ".pem";
    authority_.Save(ca_file_);
    World world;
    world.first_url = upstream.Url();
    world.first_more = ", tls: {ca_file: \"" + ca_file_ + "\"}";
    Start(world);
    second_.Always(Script::Json(ChatReply("in the clear")));
  }
  void TearDown() override { remove(ca_file_.c_str()); }
  static CertificateSpec Good() { return {.dns_names = {}, .ips = {"127.0.0.1"}}; }

  const Authority authority_{"Weir test authority"};
  std::string ca_file_;
};

TEST_F(TlsTest, AnUpstreamOfAKnownAuthorityIsUsed) {
  ScriptedUpstream secure(authority_.Issue(Good()));
  StartWith(secure);
  secure.Always(Script::Json(ChatReply("secret")));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Ask(ChatBody("small", "hi")).body, ChatReply("secret"));
  EXPECT_EQ(secure.connections(), 1U);
}

TEST_F(TlsTest, ACertificateThatDoesNotFitGetsNoByteOfARequest) {
  const Authority stranger("Somebody else");
  CertificateSpec expired = Good();
  expired.from_days = -30;
  expired.until_days = -1;
  const CertificateSpec other_name = {.dns_names = {"localhost"}, .ips = {"127.0.0.2"}};
  Identity bad[] = {stranger.Issue(Good()), SelfSigned(Good()), authority_.Issue(expired),
                    authority_.Issue(other_name)};
  for (const Identity& identity : bad) {
    ScriptedUpstream secure(identity);
    StartWith(secure);
    secure.Always(Script::Json(ChatReply("secret")));
    const HttpAnswer answer = Ask(ChatBody("small", "hi"));
    EXPECT_EQ(answer.body, ChatReply("in the clear"));
    EXPECT_NE(answer.Header("x-weir-fallback"), "");
    EXPECT_GE(secure.connections(), 1U);
    EXPECT_EQ(secure.requests().size(), 0U);
  }
}

TEST_F(TlsTest, APlaintextServerOnATlsPortIsLeft) {
  StartWith(first_);
  weir().Kill();
  World world;
  world.first_url = "https" + first_.Url().substr(4);
  Start(world);
  EXPECT_EQ(Ask(ChatBody("small", "hi")).body, ChatReply("in the clear"));
  EXPECT_EQ(first_.requests().size(), 0U);
}

TEST_F(TlsTest, T12AnEndWithoutCloseNotifyIsACut) {
  ScriptedUpstream secure(authority_.Issue(Good()));
  StartWith(secure);
  const std::string whole = ChatReply("secret");
  secure.Enqueue(Script::Json(whole)
                     .WithFraming(Script::Framing::kUntilClose)
                     .CutAt(whole.size(), Script::Ending::kDrop));
  EXPECT_EQ(Ask(ChatBody("small", "hi")).body, ChatReply("in the clear"));
  secure.Enqueue(Script::Json(whole).WithFraming(Script::Framing::kUntilClose));
  EXPECT_EQ(Ask(ChatBody("small", "hi")).body, whole);

  const std::string part = RoleEvent() + ContentEvent("one");
  secure.Enqueue(Script::Stream(part)
                     .WithFraming(Script::Framing::kUntilClose)
                     .CutAt(part.size(), Script::Ending::kDrop));
  const auto [client, head] = Stream();
  const std::string seen = Drain(*client);
  EXPECT_NE(seen.find("stream_truncated"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("[DONE]"), std::string::npos);
}

}  // namespace
}  // namespace weir::e2e
