// A sink stores records for querying. A row of the table in app/wiring.cc: one file, one line. Runs
// on the ledger's background thread only; never on the request path.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/journal.h"
#include "ledger/record.h"

namespace weir::ledger {

class Sink {
 public:
  virtual ~Sink() = default;
  // Stores the rows and, in the same transaction, `position`: exactly once, also after a crash
  // between the two. A row whose id is already there is left alone. After an error nothing of
  // this call is stored; kOverloaded: the same call may succeed later ("database is locked").
  virtual Result<void> Store(std::span<const RowView> rows, JournalPosition position) = 0;
  // The same for rows that come from no journal.
  Result<void> Store(std::span<const Record> records, JournalPosition position);
  // Where to go on after a restart. {0, 0} for a new store.
  virtual Result<JournalPosition> Position() = 0;
  // What was stored survives a power cut when this returns: the journal may forget it.
  virtual Result<void> Persist() = 0;
  // Deletes rows older than `before` in small batches; returns how many.
  virtual Result<int64_t> Expire(WallMicros before, int64_t max_rows) = 0;
};

struct SinkRow {
  std::string_view name;
  std::string_view doc;
  Result<std::unique_ptr<Sink>> (*open)(const std::string& data_dir);
  bool keeps_bodies =
      false;  // else RowView::bodies are dropped, and the config cannot ask for them
};

extern const SinkRow kSqliteSink;

}  // namespace weir::ledger
