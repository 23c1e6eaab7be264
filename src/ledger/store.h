// The SQLite store: its file, schema and rows. Written by sinks/sqlite.cc, read by reader.cc.
//
//   decisions(seq INTEGER PRIMARY KEY, id BLOB UNIQUE, <the fields of a Record>)
//   attempts(id BLOB, n INTEGER, <the fields of an Attempt>, PRIMARY KEY (id, n)) WITHOUT ROWID
//   journal_position(one INTEGER PRIMARY KEY, segment INTEGER, byte_offset INTEGER)
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/fields.h"
#include "ledger/record.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

inline constexpr int64_t kSchemaVersion = 1;           // PRAGMA user_version
inline constexpr int64_t kApplicationId = 0x57656972;  // "Weir"

std::string StorePath(const std::string& data_dir);

// Creates the tables in an empty database, or brings an older schema up to date. kConfig with a
// text for a person when a newer weir or another program wrote the file.
Result<void> PrepareSchema(Database* database);
// For readers, who must not write: kIo when the schema is not the current one.
Result<void> CheckSchema(Database* database);

std::string InsertDecisionSql();
std::string InsertAttemptSql();
// "SELECT id, time, … FROM decisions" and "… FROM attempts", columns in the order of VisitFields.
std::string SelectDecisionsSql();
std::string SelectAttemptsSql();

// Binds every field from `index` on.
template <class Row>
void BindFields(const Row& row, int index, Statement* statement) {
  VisitFields(row, [&](const RowField&, const auto& value) { statement->Bind(index++, value); });
}

// Reads the columns of SelectDecisionsSql() or SelectAttemptsSql(); attempts of a record apart.
Record ReadRecord(const Statement& statement);
Attempt ReadAttempt(const Statement& statement);

}  // namespace weir::ledger
