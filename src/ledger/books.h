// What the store keeps of money beside the rows, so that a start reads little however many rows
// there are: what each account has spent a day, and the reservations whose request has no row yet.
//
//   spend(account, day, cost, strong)     once for each row that is really inserted
//   reservations(<the fields of a Record>) of rows whose kind is kReserve; gone with the request's
//
// Accounts: "key:NAME", "team:NAME", "user:KEY\x1fUSER", and "quality:ROUTE" for what samples cost.
// Days are UTC, of the row's time.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/record.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

// The tables, where they are missing.
Result<void> CreateBooks(Database* database);

// Whether the row is some account's spending.
bool IsBooked(const RowView& row);

// Not triggers: a table that has one takes rows one by one through a copy, which more than doubles
// the cost of every row, booked or not.
class Bookkeeper {
 public:
  static Result<Bookkeeper> Prepare(Database* database);
  // Of a row that IsBooked(), once, in the transaction that inserts it.
  Result<void> Book(const RowView& row);

 private:
  Bookkeeper(Statement spend, Statement settle)
      : spend_(std::move(spend)), settle_(std::move(settle)) {}
  Result<void> Settle(const RowView& row);
  Result<void> Spend(const std::string& account, const RowView& row);
  Statement spend_, settle_;
};

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

// The row that settles such a request or sample, at the most it can have cost.
Record LostRow(const Record& reserved);

}  // namespace weir::ledger
