// Latencies of models, beside the baseline's where it was really called.
#pragma once

#include <map>
#include <string>

#include "ledger/histogram.h"
#include "ledger/report.h"
#include "ledger/summary_row.h"

namespace weir::ledger {

class LatencyTally {
 public:
  void Add(const SummaryRow& row);
  LatencyReport Finish() &&;

 private:
  struct Sum {
    LatencyLine line;
    Histogram first_token, total;

    void Add(bool shadow, int64_t first_token_us, int64_t total_us);
    LatencyLine Finish(std::string name) &&;
  };
  void AddShadow(const SummaryRow& row);

  Sum routed_, baseline_;
  std::map<std::string, Sum, std::less<>> models_;
};

}  // namespace weir::ledger
