// What is refused before anything runs: commands, and names in the config that only the wiring
// knows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/harness/weir_process.h"

namespace weir::e2e {
namespace {

using testing::HasSubstr;

TEST(CommandLine, CommandsThatAreNotBuiltAreRefusedByName) {
  for (const std::string rest : {"", " --help", " --data f.jsonl", " list"}) {
    const CommandResult result = RunWeir("demo" + rest);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.output, "weir: `weir demo` is not built yet\n");
  }
  EXPECT_EQ(RunWeir("--help demo").exit_code, 2);
}

TEST(CommandLine, UnknownCommandsAreNamedWithASuggestion) {
  const CommandResult near = RunWeir("serv --port 0");
  EXPECT_EQ(near.exit_code, 2);
  EXPECT_EQ(near.output, "weir: unknown command `serv`; did you mean `serve`?\n");
  const CommandResult far = RunWeir("qqqqqq --help");
  EXPECT_EQ(far.exit_code, 2);
  EXPECT_THAT(far.output, HasSubstr("unknown command `qqqqqq`; known are serve, check"));
  const CommandResult huge = RunWeir(std::string(100'000, 'x'));
  EXPECT_EQ(huge.exit_code, 2);
  EXPECT_LT(huge.output.size(), 300U);
}

TEST(CommandLine, HelpAndVersionLeaveWithZero) {
  for (const char* arguments : {"--help", "--version", "serve --help", "--help serve"}) {
    EXPECT_EQ(RunWeir(arguments).exit_code, 0) << arguments;
  }
  EXPECT_EQ(RunWeir("").exit_code, 2);
  EXPECT_EQ(RunWeir("--nonsense serve").exit_code, 2);
}

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

TEST(CommandLine, CheckWarnsAboutAMistypedTier) {
  const WeirProcess process(
      "providers: {sim: {api: simulator}}\nmodels: {cheap: {provider: sim}, dear: {provider: "
      "sim}}\n"
      "routes: {auto: {tiers: {simpel: cheap, complex: dear}}}\n");
  const CommandResult result = RunWeir("check --config " + process.config_path());
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, HasSubstr("did you mean `simple`?"));
}

}  // namespace
}  // namespace weir::e2e
