// Rows into the table of decisions, many with one statement, each at most once; what is some
// account's spending is booked there with its row, and what was kept of its text goes beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ledger/bodies_table.h"
#include "ledger/books.h"
#include "ledger/record.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

enum class Booking : uint8_t { kDue, kDone };  // kDone: the books have these rows

class DecisionWriter {
 public:
  // `database` must outlive it.
  static Result<DecisionWriter> Prepare(Database* database);

  // Within the caller's transaction. A row whose id is already there is left alone, as
  // are reservations, which are no decisions.
  Result<void> Write(std::span<const RowView> rows, Booking booking = Booking::kDue);

 private:
  using Placed = std::pair<int64_t, const RowView*>;  // seq and row

  DecisionWriter(Database* database, Bookkeeper books, BodiesWriter bodies, Statement many,
                 Statement one, Statement id_at)
      : database_(database),
        books_(std::move(books)),
        bodies_(std::move(bodies)),
        many_(std::move(many)),
        one_(std::move(one)),
        id_at_(std::move(id_at)) {}
  Result<void> WriteMany(std::span<const Placed> rows);
  Result<std::optional<int64_t>> WriteOne(Placed row);  // its seq; nullopt: it was there already
  Result<bool> IsAt(int64_t seq, const RequestId& id);

  Database* database_;
  Bookkeeper books_;
  BodiesWriter bodies_;
  Statement many_, one_, id_at_;
  std::vector<Placed> order_, apart_;
};

}  // namespace weir::ledger
