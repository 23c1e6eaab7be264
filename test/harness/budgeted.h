// Keys whose budgets are worth so many answers.
#pragma once

#include <fmt/format.h>

#include <thread>

#include "test/harness/keyed.h"

namespace weir::e2e {

class BudgetTest : public KeyedTest {
 protected:
  static std::string KeyWith(std::string_view terms) {
    return fmt::format("\n  - {{name: a, key: {}, allow_override: true, {}}}\n", kKey, terms);
  }
  // A budget worth so many answers of `small`.
  static std::string Worth(int64_t answers, std::string_view per = "month") {
    const int64_t nano = answers * kCost;
    return KeyWith(fmt::format("budget: {{usd: {}.{:09}, per: {}}}", nano / 1'000'000'000,
                               nano % 1'000'000'000, per));
  }
  // After the script's gate has opened: nothing is reserved for anybody.
  bool NothingIsHeld() const {
    for (int i = 0; i < 200; ++i) {
      if (Metric("weir_budget_reserved_usd") == 0) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
};

}  // namespace weir::e2e
