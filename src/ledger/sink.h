// A sink stores records for querying. A row of the table in app/wiring.cc: one file, one line. Runs
// on the ledger's background thread only; never on the request path.
#pragma once

#include <memory>
#include <optional>
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
  // A part of making what is stored safe: it is to survive a power cut, and what was booked of it
  // the loss of the store as well. Rows may be stored between the parts. nullopt: there are more.
  // Else the position before which all is safe, so that the journal, which was synced before each
  // part, may forget it. After an error the next call begins anew.
  virtual Result<std::optional<JournalPosition>> Persist() = 0;
  // Deletes rows older than `before` but for orders, in small batches; returns how many.
  virtual Result<int64_t> Expire(WallMicros before, int64_t max_rows) = 0;
  // Looks at about `max_rows` of what is kept beside the rows, and makes few of many. False: at the
  // end of all.
  virtual Result<bool> Tidy(int64_t /*max_rows*/) { return false; }
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
