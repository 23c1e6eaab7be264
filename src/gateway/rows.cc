#include "gateway/rows.h"

namespace weir::gateway {

void Rows::Add(const ledger::Record& record) {
  // Posted before whoever waits in Written() is: the loop keeps the order.
  if (batch_.empty()) worker_.Post([this] { Write(); });
  batch_.Add(record);
}

void Rows::Write() {
  if (batch_.empty()) return;
  ledger_.Append(batch_);
  batch_.Clear();
}

}  // namespace weir::gateway
