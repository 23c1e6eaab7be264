// The SQLite store: its file, schema and rows. Written by sinks/sqlite.cc, read by reader.cc.
//
//   decisions(seq INTEGER PRIMARY KEY, <the fields of a Record>, attempts BLOB)
//   journal_position(one INTEGER PRIMARY KEY, segment INTEGER, byte_offset INTEGER)
//
// and what ledger/books.h and ledger/bodies_table.h have. seq is the front of the row's id, so one
// B-tree serves order in time, ids and "stored already". See docs/adr/0008-ledger-rows.md.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/record.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

inline constexpr int64_t kSchemaVersion = 6;           // PRAGMA user_version
inline constexpr int64_t kApplicationId = 0x57656972;  // "Weir"

std::string StorePath(const std::string& data_dir);

// Creates the tables in an empty database and fills the books (ledger/restore_books.h), or brings
// an older schema up to date. kConfig with a text for a person when a newer weir or another program
// wrote the file.
Result<void> PrepareSchema(const std::string& data_dir, Database* database);
// For readers, who must not write: kIo when the schema is not the current one.
Result<void> CheckSchema(Database* database);

// Where a row belongs: the milliseconds of its id, then the next 21 bits. A place that another id
// has taken already makes it go to the next free one, which is at most kMaxSteps away.
int64_t SeqOf(const RequestId& id);
inline constexpr int64_t kMaxSteps = 4096;
// All rows with since <= time < until stand in [SeqFrom(since), SeqTo(until)].
int64_t SeqFrom(WallMicros since);
int64_t SeqTo(WallMicros until);

// A row has DecisionColumns() of them: seq, those of VisitFields in its order, attempts.
int DecisionColumns();
std::string InsertDecisionsSql(int rows);
// One row of the same columns; `into` is "OR REPLACE INTO reservations".
std::string InsertRowSql(std::string_view into, int rows = 1);
// "SELECT id, time, …, attempts FROM TABLE".
std::string SelectDecisionsSql();
std::string SelectRowsSql(std::string_view table);

// Binds a whole row from `index` on.
void BindDecision(int64_t seq, const RowView& row, int index, Statement* statement);
// Reads the columns of SelectDecisionsSql(). kIo when the attempts are none.
Result<Record> ReadDecision(const Statement& statement);

}  // namespace weir::ledger
