#include "admin/admin_server.h"

#include "admin/admin_fixture_test.h"
#include "admin/admin_plane.h"

namespace weir::admin {
namespace {

TEST_F(AdminServerTest, ServesItsPagesToTheKey) {
  Reply metrics = Get("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_EQ(metrics.Header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(metrics.body.find("\nweir_up 1\n"), std::string::npos);
  EXPECT_EQ(metrics.Header("cache-control"), "no-store");
  EXPECT_EQ(metrics.Header("x-content-type-options"), "nosniff");
  Reply health = Get("/api/health");
  EXPECT_EQ(health.status, 200);  // degraded is not dead
  EXPECT_EQ(health.body, R"({"status":"ok","degraded":["redis"]})");
}

TEST_F(AdminServerTest, OnlyHealthzNeedsNoKey) {
  auto bare = [this](std::string_view method, std::string_view path) {
    return AskOnce(server_->port(),
                   fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
                               method, path));
  };
  Reply alive = bare("GET", "/healthz");
  EXPECT_EQ(alive.status, 200);
  EXPECT_EQ(alive.body, R"({"status":"ok"})");
  for (const char* method : {"GET", "POST", "DELETE"}) {
    for (const char* path :
         {"/", "/metrics", "/api/decisions", "/api/decisions/x", "/api/report", "/api/explain",
          "/api/reload", "/api/health", "/api/keys", "/debug/pprof/", "/healthz/", "//healthz",
          "/healthz/../metrics", "/HEALTHZ", "/%68ealthz", "/config", "/logs"}) {
      Reply reply = bare(method, path);
      EXPECT_EQ(reply.status, 401) << method << " " << path;
      EXPECT_EQ(Code(reply), "invalid_api_key");
    }
  }
  EXPECT_EQ(reloads_, 0);
}

TEST_F(AdminServerTest, ForeignHostsAndOriginsAreForbidden) {
  auto reply =
      AskOnce(server_->port(), fmt::format("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n"
                                           "Authorization: Bearer {}\r\n\r\n",
                                           kKey));
  EXPECT_EQ(reply.status, 403);
  reply = AskOnce(server_->port(), "GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(Get("/metrics", "Origin: http://evil.example\r\n").status, 403);
  EXPECT_EQ(Get("/metrics", "Origin: http://localhost\r\n").status, 200);
}

TEST_F(AdminServerTest, PostsMustBeJson) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                           "application/jsonp", ""}) {
    EXPECT_EQ(Post("/api/reload", "{}", type).status, 415) << type;
  }
  EXPECT_EQ(reloads_, 0);
  EXPECT_EQ(Post("/api/reload", "{}", "Application/JSON; charset=utf-8").status, 200);
}

TEST_F(AdminServerTest, NamesWhatIsServedAndWhatIsAllowed) {
  Reply missing = Get("/api/nothing");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(Code(missing), "unsupported_endpoint");
  for (const char* served : {"GET /metrics", "GET /api/decisions, GET /api/decisions/{id}",
                             "POST /api/explain", "GET /healthz"}) {
    EXPECT_NE(missing.body.find(served), std::string::npos) << served;
  }
  Reply wrong = Get("/api/reload");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.Header("allow"), "POST");
  EXPECT_EQ(Post("/metrics", "{}").Header("allow"), "GET");
  EXPECT_EQ(Get("/api/decisions/").status, 404);
  EXPECT_EQ(Get("/api/decisions/a/b").status, 404);
}

TEST_F(AdminServerTest, ExplainsAndReloads) {
  Reply reply = Post("/api/explain", R"({"prompt":"hello"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"tier":"simple"})");
  EXPECT_EQ(explained_, R"({"prompt":"hello"})");
  EXPECT_EQ(Post("/api/explain", "{}").status, 400);
  EXPECT_EQ(Post("/api/reload", "{}").body, R"({"changed":[]})");
  reply = Post("/api/reload", "{}");
  EXPECT_EQ(reply.status, 500);
  EXPECT_NE(reply.body.find("weir.yaml:1:1: no"), std::string::npos);
}

TEST_F(AdminServerTest, PurgesTheCache) {
  EXPECT_EQ(Post("/api/cache/purge", R"({"route":"auto"})").body, R"({"purged":3})");
  EXPECT_EQ(purged_, R"({"route":"auto"})");
  EXPECT_EQ(Get("/api/cache/purge").status, 405);
  EXPECT_EQ(Post("/api/cache/purge", "{}", "text/plain").status, 415);
}

TEST_F(AdminServerTest, NoAnswerHoldsTheKey) {
  const std::string key(kKey);
  for (const std::string& target : {"/api/nothing/" + key, "/api/decisions?route=" + key,
                                    "/api/decisions?" + key + "=1", "/api/decisions/" + key}) {
    EXPECT_EQ(Get(target).body.find(key), std::string::npos) << target;
  }
}

TEST_F(AdminServerTest, ABodyBeyondTheLimitIsRefusedUnread) {
  Reply reply =
      AskOnce(server_->port(),
              fmt::format("POST /api/explain HTTP/1.1\r\nHost: localhost\r\nx-api-key: {}\r\n"
                          "Content-Type: application/json\r\nContent-Length: 10000000\r\n\r\n",
                          kKey));
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(explained_, "");
}

TEST_F(AdminServerTest, OneConnectionTooManyIsClosed) {
  std::vector<LoopbackClient> clients;
  for (size_t i = 0; i < AdminPlane::kMaxConnections; ++i) {
    clients.emplace_back(server_->port());
    ASSERT_TRUE(clients.back().Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_EQ(clients.back().ReadReply().status, 200) << i;
  }
  LoopbackClient surplus(server_->port());
  surplus.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(surplus.ReadReply().status, 0);
  // Those that were there are still served.
  ASSERT_TRUE(clients.front().Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(clients.front().ReadReply().status, 200);
}

TEST_F(AdminServerTest, StopsUnderOpenConnections) {
  LoopbackClient idle(server_->port());
  LoopbackClient half(server_->port());
  ASSERT_TRUE(half.Send("GET /metrics HTTP/1.1\r\nHo"));
  ASSERT_TRUE(idle.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  ASSERT_EQ(idle.ReadReply().status, 200);
  server_.reset();
  EXPECT_EQ(idle.ReadReply().status, 0);
  EXPECT_EQ(half.ReadReply().status, 0);
}

TEST(AdminServer, OneThatNeverStartedJustEnds) {
  auto server = AdminServer::Open({{"127.0.0.1", 0}, Secret("x")}, {}, SystemClock());
  ASSERT_TRUE(server.has_value());
  EXPECT_NE((*server)->port(), 0);
  // The port is taken while it lives.
  auto second =
      AdminServer::Open({{"127.0.0.1", (*server)->port()}, Secret("x")}, {}, SystemClock());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().reason, Reason::kIo);
}

}  // namespace
}  // namespace weir::admin
