#include "gateway/rows.h"

namespace weir::gateway {

void Rows::Add(const ledger::Record& record) {
  // Posted before whoever waits in Written() is: the loop keeps the order.
  if (batch_.empty()) worker_.Post([this] { Write(); });
  batch_.Add(record);
}

void Rows::Add(const ledger::Record& record, const ledger::Bodies& bodies) {
  if (batch_.empty()) worker_.Post([this] { Write(); });
  batch_.Add(record, bodies);
}

void Rows::Write() {
  if (batch_.empty()) return;
  ledger_.Append(batch_);
  batch_.Clear();
}

}  // namespace weir::gateway
