#include <cstdlib>
#include <regex>

#include "ledger/day_series.h"
#include "ledger/html/plot.h"
#include "ledger/html/text.h"
#include "ledger/report_fixture_test.h"

namespace weir::ledger {
namespace {

using testing::HasSubstr;
using testing::Not;

class FormatHtmlTest : public ReportFixture {
 protected:
  // The page of what is stored. WEIR_SHOW_REPORTS names a folder that it goes to, to be looked at.
  std::string Page(GroupBy by = GroupBy::kModel, bool completed = true) {
    Report report = Summarize(by, Traffic::kStart, end_);
    if (completed) Complete(TermsForTest(), &report);
    std::string page = FormatHtml(report);
    if (const char* folder = std::getenv("WEIR_SHOW_REPORTS")) {
      const auto* test = testing::UnitTest::GetInstance()->current_test_info();
      WriteBytes(std::string(folder) + "/" + test->name() + ".html", page);
    }
    ExpectWhole(page);
    return page;
  }
  // What is stored ends here.
  void Store(std::vector<Record> rows) {
    if (!rows.empty()) end_ = Midnight(rows.back().time) + Traffic::kDay;
    ReportFixture::Store(rows);
  }
  // Every element is closed in turn, and nothing runs or is loaded.
  static void ExpectWhole(const std::string& page) {
    static const std::regex kTag("<(/?)([a-zA-Z0-9]+)[^>]*?(/?)>");
    const std::string body = page.substr(page.find("</style>") + 8);
    std::vector<std::string> open = {"html", "head"};
    for (std::sregex_iterator tag(body.begin(), body.end(), kTag), end; tag != end; ++tag) {
      if ((*tag)[3].length() > 0) continue;
      if ((*tag)[1].length() == 0) {
        open.push_back((*tag)[2]);
        continue;
      }
      ASSERT_FALSE(open.empty());
      EXPECT_EQ(open.back(), (*tag)[2]) << tag->position();
      open.pop_back();
    }
    EXPECT_TRUE(open.empty());
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr("style=")));
    EXPECT_THAT(page, Not(HasSubstr("http:")));
    EXPECT_THAT(page, Not(HasSubstr("https:")));
    EXPECT_THAT(page, Not(HasSubstr("src=")));
    EXPECT_THAT(page, HasSubstr("content=\"default-src 'none'; style-src 'sha256-"));
  }

  WallMicros end_ = Traffic::kStart + Traffic::kDay;
};

TEST_F(FormatHtmlTest, AMonth) {
  Store(Traffic(1).Days(30, 60));
  const std::string page = Page();
  for (const char* title : {"Spent per day", "Saved so far", "Share of requests by tier, per day",
                            "Cost by key", "Cost by team", "Cost by model", "Latency"}) {
    EXPECT_THAT(page, HasSubstr(title));
  }
  EXPECT_THAT(page, HasSubstr("as good or better"));
}

TEST_F(FormatHtmlTest, NoRows) {
  Store({});
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("There were no requests in this time."));
  EXPECT_THAT(page, Not(HasSubstr("<svg")));
}

TEST_F(FormatHtmlTest, OneRow) {
  Store({MakeRow(1, Traffic::kStart)});
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, HasSubstr("on 1 request<"));
  EXPECT_THAT(page, Not(HasSubstr("Comparing with the baseline cost"))) << "nothing was compared";
}

TEST_F(FormatHtmlTest, OneDay) {
  Store(Traffic(2).Days(1, 200));
  EXPECT_THAT(Page(), HasSubstr("Spent per day"));
}

TEST_F(FormatHtmlTest, FourHundredDays) {
  Store(Traffic(3).Days(400, 12));
  const std::string page = Page(GroupBy::kDay);
  EXPECT_THAT(page, HasSubstr("Spent per 7 days"));
  EXPECT_THAT(page, HasSubstr("The last point stands for 1 of 7 days."));
  EXPECT_LT(page.size(), 400'000u);
}

TEST_F(FormatHtmlTest, ALossIsRedAndHasAMinus) {
  std::vector<Record> rows = Traffic(4).Days(12, 40);
  for (Record& row : rows) {
    if (row.baseline_cost) row.baseline_cost->nano /= 30;
    if (row.baseline_low) row.baseline_low->nano /= 30;
    if (row.baseline_high) row.baseline_high->nano /= 30;
  }
  Store(rows);
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("more than the baseline (−"));
  EXPECT_THAT(page, HasSubstr("<span class=\"what\">Lost</span><b><span class=\"neg\">−$"));
}

TEST_F(FormatHtmlTest, ModelsWithoutPrices) {
  std::vector<Record> rows = Traffic(5).Days(5, 40);
  for (Record& row : rows) row.priced = row.model == Traffic::kBaseline;
  Store(rows);
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("went to a model without a price"));
  EXPECT_THAT(page, HasSubstr("samples used a model without a price"));
}

TEST_F(FormatHtmlTest, NoBaseline) {
  std::vector<Record> rows = Traffic(6).Days(5, 40);
  std::erase_if(rows, [](const Record& row) { return row.kind == kSample; });
  for (Record& row : rows) {
    row.baseline.clear();
    row.baseline_cost.reset();
    row.baseline_low.reset();
    row.baseline_high.reset();
  }
  Store(rows);
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("No saving can be told"));
  EXPECT_THAT(page, Not(HasSubstr("Saved so far")));
}

TEST_F(FormatHtmlTest, QualityUnderItsFloor) {
  std::vector<Record> rows = Traffic(8).Days(20, 60);
  for (Record& row : rows) {
    const bool late = row.time > Traffic::kStart + 10 * Traffic::kDay;
    if (row.kind == kSample && late && row.id.bytes[8] % 3 != 0) row.verdict = "loss";
  }
  Store(rows);
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("Under its floor"));
  EXPECT_THAT(page, HasSubstr("rule floor"));
}

TEST_F(FormatHtmlTest, WithoutTheLayersAboveThereIsNoInterval) {
  Store(Traffic(9).Days(3, 60));
  const std::string page = Page(GroupBy::kModel, false);
  EXPECT_THAT(page, Not(HasSubstr("<b>Interval</b>")));
  EXPECT_THAT(page, Not(HasSubstr("rule floor")));
}

TEST_F(FormatHtmlTest, K08_NothingOfTheLedgerBecomesMarkup) {
  static const std::string kPayloads[] = {"<script>window.__xss=1</script>",
                                          "\"><img src=x onerror=window.__xss=1>",
                                          "'-alert(1)-'",
                                          "</style><svg/onload=alert(1)>",
                                          "</title><b>x",
                                          "javascript:alert(1)",
                                          "&lt;b&gt;",
                                          "<!--",
                                          "]]>",
                                          "\xff\xfe<x>",
                                          std::string("a\0<b>", 5),
                                          "\u202e<b>rtl"};
  std::vector<Record> rows = Traffic(10).Days(2, 48);
  size_t at = 0;
  for (Record& row : rows) {
    const std::string& payload = kPayloads[at++ % std::size(kPayloads)];
    row.model = row.route = row.tier = row.key = row.team = payload;
    row.task = row.language = row.outcome = row.reason = payload;
    if (row.kind.empty()) row.outcome = "ok";
    if (!row.baseline.empty()) row.baseline = payload;
    for (Attempt& attempt : row.attempts) attempt.model = payload;
  }
  Store(rows);
  Report report = Summarize();
  report.alarms.assign(std::begin(kPayloads), std::end(kPayloads));
  Complete(TermsForTest(), &report);
  const std::string page = FormatHtml(report);
  for (const char* markup : {"<script", "<img", "<svg/", "<b>x", "<b>rtl", "<x>", "<!--", "]]><"}) {
    EXPECT_THAT(page, Not(HasSubstr(markup))) << markup;
  }
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;window.__xss=1&lt;/script&gt;"));
  EXPECT_THAT(page, HasSubstr("&amp;lt;b&amp;gt;"));
  EXPECT_EQ(page.find('\0'), std::string::npos);
  EXPECT_EQ(page.find('\xff'), std::string::npos);
}

TEST(HtmlText, EscapesWhatMarkupIsMadeOf) {
  EXPECT_EQ(html::Escape("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(html::Escape("é漢😀"), "é漢😀");
  EXPECT_EQ(html::Escape("\x1b[2J\n"), "\uFFFD[2J\uFFFD");
  EXPECT_EQ(html::Escape("\xc3"), "\uFFFD");
  EXPECT_EQ(html::Escape("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(html::Escape("\xc0\xaf"), "\uFFFD\uFFFD") << "an overlong slash";
  EXPECT_EQ(html::Escape("\xc2\x9b"), "\uFFFD") << "a control of eight bits";
}

TEST(HtmlText, NegativeFiguresAreRedWithAMinus) {
  EXPECT_EQ(html::Signed(NanoUsd{-1'500'000'000}, 2), "<span class=\"neg\">−$1.50</span>");
  EXPECT_EQ(html::Signed(NanoUsd{1'500'000'000}, 2), "$1.50");
  EXPECT_EQ(html::SignedPercent(-1, 8), "<span class=\"neg\">−12.5 %</span>");
  EXPECT_EQ(html::SignedPercent(-1, 0), "–");
}

TEST(HtmlPlot, StepsAreRound) {
  EXPECT_EQ(html::NiceStep(0), 1);
  EXPECT_EQ(html::NiceStep(10), 2);
  EXPECT_EQ(html::NiceStep(11), 5);
  EXPECT_EQ(html::NiceStep(INT64_MAX), 2'000'000'000'000'000'000);
  EXPECT_EQ(html::TickDollars(250'000'000, 50'000'000), "$0.25");
  EXPECT_EQ(html::TickDollars(-20'000'000'000, 10'000'000'000), "−$20");
}

}  // namespace
}  // namespace weir::ledger
