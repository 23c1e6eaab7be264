// What the store keeps of money beside the rows, so that a start reads little however many rows
// there are: what each account has spent a day, and the reservations whose request has no row yet.
//
//   spend(account, day, cost, strong)     once for each row that is really inserted; old days of an
//                                         account are one row a month, old months one (SpendFolder)
//   reservations(<the fields of a Record>) of rows whose kind is kReserve; gone with the request's
//
// Accounts: "key:NAME", "team:NAME", "user:KEY\x1fUSER", and "quality:ROUTE" for what samples cost.
// Days are UTC, of the row's time. All of it has a second copy: ledger/books_copy.h.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
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
  int64_t day = 0;  // since 1970-01-01
  NanoUsd cost, strong;
  bool operator==(const SpentDay&) const = default;
};

// Puts an account's days into the table as they are. Within the caller's transaction.
class SpentWriter {
 public:
  static Result<SpentWriter> Prepare(Database* database);
  // None of the days is there.
  Result<void> Write(std::string_view account, std::span<const SpentDay> days);

 private:
  explicit SpentWriter(Statement insert) : insert_(std::move(insert)) {}
  Statement insert_;
};

// Of one account, in ascending order; more of the same account may follow.
using TakeSpent =
    std::function<Result<void>(std::string_view account, std::span<const SpentDay> days)>;

// Both of a ledger that nobody writes at the moment, and whose sink has every row of the journal.
// Requests that died with the process that wrote them.
Result<std::vector<Record>> ReadReserved(const std::string& data_dir);
Result<void> ReadSpent(const std::string& data_dir, const TakeSpent& take);

// A file that says that what was spent before it was made is not known, in full or at all: the
// store is lost, and what is left of its second copy and the journal is not everything. Made before
// the new store; a person who accepts that deletes it.
std::string LostBooksPath(const std::string& data_dir);
Result<void> NoteLostBooks(const std::string& data_dir, std::string_view why);
// Empty: nothing is lost. Else what the file says.
std::string LostBooks(const std::string& data_dir);

// The row that settles such a request or sample, at the most it can have cost.
Record LostRow(const Record& reserved);

}  // namespace weir::ledger
