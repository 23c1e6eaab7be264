// What the store keeps of money beside the rows, so that a start reads little however many rows
// there are: what each account has spent a day, and the reservations whose request has no row yet.
//
//   spend(account, day, cost, strong)     by triggers, once for each row that is really inserted
//   reservations(<the fields of a Record>) of rows whose kind is kReserve; gone with the request's
//
// Accounts: "key:NAME", "team:NAME", "user:KEY/USER", and "quality:ROUTE" for what samples cost.
// Days are UTC, of the row's time.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/record.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

// Tables and triggers, where they are missing.
Result<void> CreateBooks(Database* database);

// Takes the rows that are reservations into their table. Within the caller's transaction.
class ReservationWriter {
 public:
  static Result<ReservationWriter> Prepare(Database* database);
  // Those whose request has its row among `rows` or in the store already are left out; of several
  // with one id the last stays.
  Result<void> Write(std::span<const RowView> rows);

 private:
  ReservationWriter(Statement insert, Statement known)
      : insert_(std::move(insert)), known_(std::move(known)) {}
  Statement insert_, known_;
};

struct SpentDay {
  std::string account;
  int64_t day = 0;  // since 1970-01-01
  NanoUsd cost, strong;
};
struct Books {
  std::vector<SpentDay> spent;
  std::vector<Record> reserved;  // their requests died with the process that wrote them
};
// Of a ledger that nobody writes at the moment, and whose sink has every row of the journal.
Result<Books> ReadBooks(const std::string& data_dir);

// The row that settles such a request, at the most it can have cost.
Record LostRow(const Record& reserved);

}  // namespace weir::ledger
