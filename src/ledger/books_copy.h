// The second copy of the books, data_dir/books: what every account had spent and which reservations
// were open when the store stood at one place of the journal. Together with the journal's rows from
// there on it is all that was ever booked, each row once, so that a lost store takes no budget with
// it. Written beside, synced and renamed, before the journal forgets what is in it.
//
// The file is a segment (ledger/segment.h) of records that begin with a letter:
//   p segment, offset                      the place
//   s name's length, name, (day, cost, strong)…
//   r a row of kind kReserve
//   e how many records stand before        none: the copy is not whole
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/books.h"
#include "ledger/file.h"
#include "ledger/journal.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

std::string CopyPath(const std::string& data_dir);

class BooksCopy {
 public:
  // Of what is stored now; the store may take rows while the copy is made. The journal has to be
  // synced up to here before the copy is whole.
  static Result<std::unique_ptr<BooksCopy>> Begin(const std::string& data_dir);
  // About `most` sums more. True: the copy is in its place and survives a power cut.
  Result<bool> Write(int64_t most);
  JournalPosition place() const { return place_; }

  // Of a ledger that begins at `place` and of which nothing is known before.
  static Result<void> WriteEmpty(const std::string& data_dir, JournalPosition place);

 private:
  struct Source {
    Database database;
    Statement spend;
  };
  BooksCopy(std::string data_dir, JournalPosition place, File file)
      : data_dir_(std::move(data_dir)), place_(place), file_(std::move(file)) {}
  static Result<std::unique_ptr<BooksCopy>> Create(const std::string& data_dir,
                                                   JournalPosition place);
  Result<bool> AddSum();
  Result<void> AddReservations();
  Result<void> AddRecord(std::string_view payload);
  Result<void> EndAccount();
  Result<void> Flush();
  Result<void> Finish();

  const std::string data_dir_;
  const JournalPosition place_;
  File file_;
  std::optional<Source> source_;
  std::string account_, sums_, out_;
  uint64_t records_ = 0;
};

// Where the store stood. nullopt: there is no copy. kIo: it is not whole.
Result<std::optional<JournalPosition>> CheckCopy(const std::string& data_dir);
// Of a copy that CheckCopy() found whole.
Result<void> ReadCopy(const std::string& data_dir, const TakeSpent& spent,
                      const std::function<Result<void>(const RowView& row)>& reserved);

}  // namespace weir::ledger
