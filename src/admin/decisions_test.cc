#include "admin/decisions.h"

#include "admin/admin_fixture_test.h"

namespace weir::admin {
namespace {

using DecisionsTest = AdminServerTest;

TEST_F(DecisionsTest, ListsDecisionsByFilter) {
  Reply reply =
      Get("/api/decisions?route=auto&model=a%2Fb&tier=simple&outcome=ok&since=1h&limit=2");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(ledger_.filter.route, "auto");
  EXPECT_EQ(ledger_.filter.model, "a/b");
  EXPECT_EQ(ledger_.filter.tier, "simple");
  EXPECT_EQ(ledger_.filter.outcome, "ok");
  EXPECT_EQ(ledger_.filter.limit, 2);
  EXPECT_EQ(ledger_.filter.since, clock_.Wall() - 3'600'000'000);
  EXPECT_FALSE(ledger_.filter.until.has_value());
  auto page = json::Object::Parse(reply.body);
  ASSERT_TRUE(page.has_value()) << reply.body;
  EXPECT_EQ(json::Elements(page->Raw("decisions")).value().size(), 2u);
  std::string next = page->RequiredString("next").value();
  EXPECT_EQ(next, ledger_.rows[1].id.ToString());
  EXPECT_EQ(Get("/api/decisions?after=" + next).status, 200);
  EXPECT_EQ(ledger_.filter.after, next);
}

TEST_F(DecisionsTest, FiltersByKeyTeamAndKind) {
  EXPECT_EQ(Get("/api/decisions?key=web&team=core&kind=sample").status, 200);
  EXPECT_EQ(ledger_.filter.key, "web");
  EXPECT_EQ(ledger_.filter.team, "core");
  EXPECT_EQ(ledger_.filter.kind, "sample");
}

TEST_F(DecisionsTest, APageThatIsNotFullIsTheLast) {
  Reply reply = Get("/api/decisions");
  auto page = json::Object::Parse(reply.body);
  ASSERT_TRUE(page.has_value()) << reply.body;
  EXPECT_EQ(page->KindOf("next"), json::Kind::kNull);
  ledger_.rows.clear();
  EXPECT_EQ(Get("/api/decisions").body, R"({"decisions":[],"next":null})");
}

TEST_F(DecisionsTest, RefusesFiltersThatMeanNothing) {
  for (const char* query : {"limit=0", "limit=501", "limit=x", "after=x", "since=soon", "until=-1",
                            "colour=x", "kind=reserve", "route=a&route=b", "route=%ff%0a"}) {
    Reply reply = Get(fmt::format("/api/decisions?{}", query));
    EXPECT_EQ(reply.status, 400) << query;
  }
  EXPECT_EQ(Get("/api/decisions?model=" + std::string(10'000, '%')).status, 414);
}

TEST_F(DecisionsTest, ShowsOneDecision) {
  std::string id = ledger_.rows[1].id.ToString();
  Reply reply = Get("/api/decisions/" + id);
  EXPECT_EQ(reply.status, 200);
  auto row = json::Object::Parse(reply.body);
  ASSERT_TRUE(row.has_value()) << reply.body;
  EXPECT_EQ(row->RequiredString("id").value(), id);
  EXPECT_EQ(Get("/api/decisions/" + NewRequestId(1).ToString()).status, 404);
  EXPECT_EQ(Get("/api/decisions/nonsense").status, 404);
}

TEST_F(DecisionsTest, OneDecisionShowsWhatWasSaidAndAListDoesNot) {
  const ledger::Record& row = ledger_.rows[1];
  const std::string said = "<script>alert(1)</script> \"quoted\" \x01\n\xff end";
  ledger_.bodies[row.id] = {R"({"messages":[]})", said, ""};
  const auto shown = json::Object::Parse(Get("/api/decisions/" + row.id.ToString()).body);
  ASSERT_TRUE(shown);
  const auto bodies = json::Object::Parse(shown->Raw("bodies"));
  ASSERT_TRUE(bodies) << shown->Raw("bodies");
  EXPECT_EQ(bodies->RequiredString("request").value(), R"({"messages":[]})");
  EXPECT_TRUE(bodies->RequiredString("answer").value().starts_with(
      "<script>alert(1)</script> \"quoted\" \x01\n"));
  EXPECT_EQ(bodies->Raw("cut"), "false");
  EXPECT_EQ(Get("/api/decisions").body.find("script"), std::string::npos);
  const auto other =
      json::Object::Parse(Get("/api/decisions/" + ledger_.rows[0].id.ToString()).body);
  EXPECT_EQ(other->KindOf("bodies"), json::Kind::kNull);
}

TEST_F(DecisionsTest, ReportsAsJsonAndCsv) {
  Reply reply = Get("/api/report?since=24h&by=tier");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("content-type"), "application/json");
  EXPECT_TRUE(json::Object::Parse(reply.body).has_value());
  EXPECT_EQ(ledger_.by, ledger::GroupBy::kTier);
  EXPECT_EQ(ledger_.since, clock_.Wall() - 86'400'000'000);
  EXPECT_EQ(ledger_.until, clock_.Wall());
  reply = Get("/api/report?format=csv");
  EXPECT_EQ(reply.Header("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(ledger_.since, clock_.Wall() - 30 * 86'400'000'000);
  for (const char* by : {"key", "team", "task", "language", "day"}) {
    EXPECT_EQ(Get(fmt::format("/api/report?by={}", by)).status, 200) << by;
  }
  EXPECT_EQ(Get("/api/report?format=table").Header("content-type"), "text/plain; charset=utf-8");
  for (const char* query : {"by=colour", "format=xml", "since=0d", "limit=3"}) {
    EXPECT_EQ(Get(fmt::format("/api/report?{}", query)).status, 400) << query;
  }
}

TEST_F(DecisionsTest, K08_TheReportAsAPageCannotBeFramedAndLoadsNothing) {
  Reply reply = Get("/api/report?format=html");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(reply.Header("x-content-type-options"), "nosniff");
  EXPECT_EQ(reply.Header("content-security-policy"), "frame-ancestors 'none'");
  EXPECT_NE(reply.body.find("default-src 'none'"), std::string::npos);
}

TEST_F(DecisionsTest, TheReportTakesItsTermsFromAbove) {
  int asked = 0;
  api_.report_terms = [&asked] {
    ++asked;
    return ledger::ReportTerms{};
  };
  Restart();
  EXPECT_EQ(Get("/api/report").status, 200);
  EXPECT_EQ(asked, 1);
}

TEST_F(DecisionsTest, ALedgerThatFailsIsAnAnswer) {
  ledger_fault_ = MakeError(Reason::kOverloaded, "too many rows: narrow `since`");
  for (const std::string& path : {std::string("/api/decisions"), std::string("/api/report"),
                                  "/api/decisions/" + NewRequestId(1).ToString()}) {
    Reply reply = Get(path);
    EXPECT_EQ(reply.status, 503) << path;
    EXPECT_EQ(reply.Header("retry-after"), "1");
    EXPECT_NE(reply.body.find("narrow"), std::string::npos);
  }
}

}  // namespace
}  // namespace weir::admin
