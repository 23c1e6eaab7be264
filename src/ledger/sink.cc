#include "ledger/sink.h"

#include <vector>

namespace weir::ledger {

Result<void> Sink::Store(std::span<const Record> records, JournalPosition position) {
  std::vector<std::string> payloads;
  payloads.reserve(records.size());
  std::vector<RowView> rows;
  for (const Record& record : records) {
    payloads.push_back(Encode(record));
    WEIR_TRY(RowView row, View(payloads.back()));
    rows.push_back(row);
  }
  return Store(std::span<const RowView>(rows), position);
}

}  // namespace weir::ledger
