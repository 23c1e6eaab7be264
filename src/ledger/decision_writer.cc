#include "ledger/decision_writer.h"

#include <algorithm>

#include "ledger/store.h"

namespace weir::ledger {
namespace {

// A statement's start and end cost about as much as a row.
constexpr size_t kRowsAStatement = 16;

}  // namespace

Result<DecisionWriter> DecisionWriter::Prepare(Database* database) {
  WEIR_TRY(auto many, database->Prepare(InsertDecisionsSql(kRowsAStatement)));
  WEIR_TRY(auto one, database->Prepare(InsertDecisionsSql(1)));
  WEIR_TRY(auto id_at, database->Prepare("SELECT id FROM decisions WHERE seq = ?"));
  WEIR_TRY(auto books, Bookkeeper::Prepare(database));
  WEIR_TRY(auto bodies, BodiesWriter::Prepare(database));
  return DecisionWriter(database, std::move(books), std::move(bodies), std::move(many),
                        std::move(one), std::move(id_at));
}

// Requests end in another order than they began in; in the order of seq each row goes behind the
// one before it.
Result<void> DecisionWriter::Write(std::span<const RowView> rows, Booking booking) {
  order_.clear();
  apart_.clear();
  for (const RowView& row : rows) {
    if (row.kind == kReserve) continue;
    const bool apart = IsBooked(row) || !row.bodies.empty();
    (apart ? apart_ : order_).emplace_back(SeqOf(row.id), &row);
  }
  // Of one place, the row that came first.
  std::sort(order_.begin(), order_.end());
  std::sort(apart_.begin(), apart_.end());
  std::span<const Placed> left(order_);
  for (; left.size() >= kRowsAStatement; left = left.subspan(kRowsAStatement)) {
    WEIR_CHECK_OK(WriteMany(left.first(kRowsAStatement)));
  }
  for (const Placed& row : left) WEIR_CHECK_OK(WriteOne(row));
  // One by one, since only so it is known of each whether it is new.
  for (const Placed& placed : apart_) {
    const RowView& row = *placed.second;
    WEIR_TRY(const std::optional<int64_t> seq, WriteOne(placed));
    if (!seq) continue;
    if (booking == Booking::kDue && IsBooked(row)) WEIR_CHECK_OK(books_.Book(row));
    if (!row.bodies.empty()) WEIR_CHECK_OK(bodies_.Write(*seq, row.bodies));
  }
  return {};
}

Result<void> DecisionWriter::WriteMany(std::span<const Placed> rows) {
  int index = 1;
  for (const auto& [seq, row] : rows) {
    BindDecision(seq, *row, index, &many_);
    index += DecisionColumns();
  }
  WEIR_CHECK_OK(many_.Run());
  if (database_->changes() == static_cast<int64_t>(rows.size())) return {};
  // Some were there already, or another id stands in their place.
  for (const Placed& row : rows) WEIR_CHECK_OK(WriteOne(row));
  return {};
}

Result<std::optional<int64_t>> DecisionWriter::WriteOne(Placed row) {
  auto [seq, view] = row;
  for (int64_t step = 0; step <= kMaxSteps; ++step, ++seq) {
    BindDecision(seq, *view, 1, &one_);
    WEIR_CHECK_OK(one_.Run());
    if (database_->changes() > 0) return std::optional(seq);
    WEIR_TRY(bool known, IsAt(seq, view->id));
    if (known) return std::optional<int64_t>();
  }
  return MakeError(Reason::kInternal, "there is no place for a row");
}

Result<bool> DecisionWriter::IsAt(int64_t seq, const RequestId& id) {
  id_at_.Bind(1, seq);
  WEIR_TRY(bool row, id_at_.Step());
  if (!row) return false;
  std::string_view bytes(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  bool same = id_at_.TextAt(0) == bytes;
  id_at_.Reset();
  return same;
}

}  // namespace weir::ledger
