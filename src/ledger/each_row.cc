#include "ledger/each_row.h"

namespace weir::ledger {

Result<void> EachRow(Reader& reader, DecisionFilter filter,
                     const std::function<Result<bool>(const Record& row)>& take) {
  filter.limit = 500;
  while (true) {
    WEIR_TRY(const std::vector<Record> page, reader.List(filter));
    for (const Record& row : page) {
      WEIR_TRY(const bool more, take(row));
      if (!more) return {};
    }
    if (page.size() < static_cast<size_t>(filter.limit)) return {};
    filter.after = page.back().id.ToString();
  }
}

}  // namespace weir::ledger
