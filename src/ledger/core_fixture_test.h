// What the tests of the ledger's core share: a sink in memory, a disk that fails, steps by hand.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "ledger/ledger_core.h"
#include "ledger/rows_for_test.h"
#include "testing/fake_clock.h"

namespace weir::ledger {

// A sink in memory that can be told to refuse; its rows, id and time, outlive it as a store does.
struct Shelf {
  std::map<RequestId, WallMicros> rows;
  JournalPosition position;
  bool open_refused = false;
  bool refuses = false;
  int stores = 0;
  size_t largest_batch = 0;
  int64_t largest_expiry = 0;
  Reason reason = Reason::kOverloaded;
  std::function<void()> while_storing = [] {};
};

class ShelfSink final : public Sink {
 public:
  explicit ShelfSink(Shelf* shelf) : shelf_(*shelf) {}
  Result<void> Store(std::span<const RowView> rows, JournalPosition position) override {
    if (shelf_.refuses) return MakeError(shelf_.reason, "the shelf is locked");
    shelf_.while_storing();
    ++shelf_.stores;
    shelf_.largest_batch = std::max(shelf_.largest_batch, rows.size());
    for (const RowView& row : rows) shelf_.rows.emplace(row.id, row.time);
    shelf_.position = position;
    return {};
  }
  Result<JournalPosition> Position() override { return shelf_.position; }
  Result<std::optional<JournalPosition>> Persist() override {
    return std::optional(shelf_.position);
  }
  Result<int64_t> Expire(WallMicros before, int64_t max_rows) override {
    int64_t expired = 0;
    shelf_.largest_expiry = std::max(shelf_.largest_expiry, max_rows);
    for (auto at = shelf_.rows.begin(); at != shelf_.rows.end() && expired < max_rows;) {
      at = at->second < before ? (++expired, shelf_.rows.erase(at)) : std::next(at);
    }
    return expired;
  }

 private:
  Shelf& shelf_;
};

class LedgerCoreTest : public testing::Test {
 protected:
  void Open(JournalLimits limits = {}) {
    core_.reset();
    auto core = TryOpen(limits);
    ASSERT_TRUE(core) << core.error().message;
    core_ = std::move(*core);
  }
  Result<std::unique_ptr<LedgerCore>> TryOpen(JournalLimits limits = {}) {
    SinkOpen open = [this](const std::string&) -> Result<std::unique_ptr<Sink>> {
      if (shelf_.open_refused) return MakeError(shelf_.reason, "the shelf is locked");
      return std::unique_ptr<Sink>(std::make_unique<ShelfSink>(&shelf_));
    };
    options_.data_dir = dir_ / "data";
    return LedgerCore::Open(options_, open, clock_, disk_.Calls(), limits);
  }
  void Append(int first, int count) {
    for (int n = first; n < first + count; ++n) AppendAtOnce(n, 1);
  }
  void AppendAtOnce(int first, int count) {
    batch_.Clear();
    for (int n = first; n < first + count; ++n) batch_.Add(MakeRow(n));
    core_->Append(batch_);
  }
  void StepAll() {
    while (core_->Step()) {
    }
  }
  size_t stored() const { return shelf_.rows.size(); }

  TempDir dir_;
  FaultyDisk disk_;
  Shelf shelf_;
  FakeClock clock_;
  LedgerOptions options_;
  Batch batch_;
  std::unique_ptr<LedgerCore> core_;
};

}  // namespace weir::ledger
