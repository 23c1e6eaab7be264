// data_dir/keys.json and what the admin API is told of a key: refused in one line at a place, or
// understood, written and understood again as the same.
#include <string>

#include "config/parse.h"
#include "fuzz/check.h"
#include "limits/key_file.h"

namespace weir::fuzz {
namespace {

void CheckError(const Error& error) {
  WEIR_FUZZ_CHECK(!error.message.empty() && error.message.size() < 3'000);
  WEIR_FUZZ_CHECK(error.message.find('\n') == std::string::npos);
}

void CheckKey(const config::KeySettings& key) {
  WEIR_FUZZ_CHECK(!key.name.text.empty());
  for (const config::BudgetSettings& budget : key.allowance.budgets) {
    WEIR_FUZZ_CHECK(budget.limit.nano >= 0);
  }
  WEIR_FUZZ_CHECK(key.allowance.rpm.value_or(1) > 0 && key.allowance.tpm.value_or(1) > 0);
  WEIR_FUZZ_CHECK(key.allowance.max_inflight.value_or(1) > 0);
  const std::string json = limits::KeyJson(key);
  const auto again = config::ParseKeys("[" + json + "]", "f");
  WEIR_FUZZ_CHECK(again && again->size() == 1);
  WEIR_FUZZ_CHECK(limits::KeyJson(again->front()) == json);
}

void CheckFile(std::string_view text) {
  const auto keys = config::ParseKeys(text, "f");
  if (!keys) {
    WEIR_FUZZ_CHECK(keys.error().reason == Reason::kConfig);
    WEIR_FUZZ_CHECK(keys.error().message.starts_with("f:"));
    return CheckError(keys.error());
  }
  for (const config::KeySettings& key : *keys) CheckKey(key);
}

void CheckOrder(std::string_view json) {
  const auto key = limits::ReadKeyOrder(json);
  if (key) return CheckKey(*key);
  WEIR_FUZZ_CHECK(key.error().reason == Reason::kBadRequest);
  CheckError(key.error());
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input = weir::fuzz::Bytes(bytes, size);
  weir::fuzz::CheckFile(input);
  weir::fuzz::CheckOrder(input);
  return 0;
}
