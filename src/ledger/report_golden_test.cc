// Each format of one small report, byte for byte. WEIR_UPDATE_GOLDEN=1 writes them anew: then look
// at the difference before it is committed.
#include <cstdlib>

#include "ledger/report_fixture_test.h"

namespace weir::ledger {
namespace {

class ReportGolden : public ReportFixture {
 protected:
  void SetUp() override {
    Traffic traffic(7);
    Store(traffic.Days(4, 50));
    report_ = Summarize(GroupBy::kModel, Traffic::kStart, Traffic::kStart + 4 * Traffic::kDay);
    Complete(TermsForTest(), &report_);
  }
  void Check(const std::string& name) {
    const std::string path = WEIR_SOURCE_DIR "/src/ledger/golden/report_" + name + ".raw";
    const ReportFormat* format = ReportFormatByName(name);
    ASSERT_NE(format, nullptr);
    const std::string text = format->write(report_);
    if (std::getenv("WEIR_UPDATE_GOLDEN") != nullptr) WriteBytes(path, text);
    EXPECT_TRUE(ReadBytes(path) == text) << path << " differs:\n" << text.substr(0, 4000);
  }

  Report report_;
};

TEST_F(ReportGolden, Table) {
  Check("table");
}
TEST_F(ReportGolden, Json) {
  Check("json");
}
TEST_F(ReportGolden, Csv) {
  Check("csv");
}
TEST_F(ReportGolden, Html) {
  Check("html");
}

}  // namespace
}  // namespace weir::ledger
