// What is refused before anything runs: commands, and names in the config that only the wiring
// knows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/harness/weir_process.h"

namespace weir::e2e {
namespace {

using testing::HasSubstr;

// `weir check` of a sound config with this ledger section.
CommandResult CheckLedger(const std::string& ledger) {
  const WeirProcess process("providers: {sim: {api: simulator}}\nledger: " + ledger + "\n");
  return RunWeir("check --config " + process.config_path());
}

TEST(CommandLine, TheSinkIsOneOfTheWiring) {
  EXPECT_EQ(CheckLedger("{sink: sqlite}").exit_code, 0);
  const CommandResult planned = CheckLedger("{sink: postgres}");
  EXPECT_EQ(planned.exit_code, 2);
  EXPECT_THAT(planned.output,
              HasSubstr(":16: ledger sink `postgres` is not built yet; built are sqlite"));
  const CommandResult mistyped = CheckLedger("{sink: sqlit}");
  EXPECT_EQ(mistyped.exit_code, 2);
  EXPECT_THAT(mistyped.output,
              HasSubstr("`sqlit` is unknown (did you mean `sqlite`?); built are sqlite"));
  EXPECT_THAT(CheckLedger("{sink: mysql}").output, HasSubstr("`mysql` is unknown; built are"));
}

}  // namespace
}  // namespace weir::e2e
