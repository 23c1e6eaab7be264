#include "ledger/books_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "ledger/codec.h"
#include "ledger/columns.h"
#include "ledger/segment.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

constexpr char kPlace = 'p', kSums = 's', kReservation = 'r', kEnd = 'e';
constexpr size_t kFlushBytes = 256 << 10;
constexpr size_t kMostSumBytes = kMaxPayloadBytes / 2;

std::string FreshPath(const std::string& data_dir) {
  return CopyPath(data_dir) + ".new";
}

void AppendVarint(uint64_t value, std::string* out) {
  std::array<char, kMaxVarint> bytes;
  out->append(bytes.data(), PutVarint(value, bytes.data()));
}

bool TakeSigned(std::string_view* bytes, int64_t* value) {
  uint64_t digits = 0;
  if (!TakeVarint(bytes, &digits)) return false;
  *value = UnZigZag(digits);
  return true;
}

Result<void> SyncDirectory(const std::string& path) {
  const File directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.valid() && fsync(directory.fd()) == 0) return {};
  return FileError("syncing", path, errno);
}

Error NotWhole(const std::string& data_dir) {
  return MakeError(Reason::kIo, fmt::format("{} is damaged", CopyPath(data_dir)));
}

Result<bool> TakeSums(std::string_view payload, std::vector<SpentDay>* days,
                      const TakeSpent& spent) {
  uint64_t size = 0;
  if (!TakeVarint(&payload, &size) || size > payload.size()) return false;
  const std::string_view account = payload.substr(0, size);
  payload.remove_prefix(size);
  days->clear();
  while (!payload.empty()) {
    SpentDay day;
    if (!TakeSigned(&payload, &day.day) || !TakeSigned(&payload, &day.cost.nano) ||
        !TakeSigned(&payload, &day.strong.nano)) {
      return false;
    }
    days->push_back(day);
  }
  WEIR_CHECK_OK(spent(account, *days));
  return true;
}

// False: `each` said so of a record.
Result<bool> EachRecord(const std::string& data_dir,
                        const std::function<Result<bool>(std::string_view payload)>& each) {
  WEIR_TRY(auto reader, SegmentReader::Open(CopyPath(data_dir), 0));
  if (!reader) return NotWhole(data_dir);
  while (true) {
    WEIR_TRY(auto payload, reader->Next());
    if (!payload) return reader->ending() == SegmentReader::Ending::kWhole;
    WEIR_TRY(const bool good, each(*payload));
    if (!good) return false;
  }
}

}  // namespace

std::string CopyPath(const std::string& data_dir) {
  return data_dir + "/books";
}

Result<std::unique_ptr<BooksCopy>> BooksCopy::Create(const std::string& data_dir,
                                                     JournalPosition place) {
  const std::string path = FreshPath(data_dir);
  File file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.valid()) return FileError("creating", path, errno);
  auto copy = std::unique_ptr<BooksCopy>(new BooksCopy(data_dir, place, std::move(file)));
  copy->out_ = SegmentHeader();
  std::string payload(1, kPlace);
  AppendVarint(place.segment, &payload);
  AppendVarint(place.offset, &payload);
  WEIR_CHECK_OK(copy->AddRecord(payload));
  return copy;
}

// The first read inside the transaction decides which rows the others see.
Result<std::unique_ptr<BooksCopy>> BooksCopy::Begin(const std::string& data_dir) {
  WEIR_TRY(Database database, Database::Open(StorePath(data_dir), Database::Mode::kReadOnly));
  WEIR_CHECK_OK(database.Execute("BEGIN"));
  WEIR_TRY(const int64_t segment, database.QueryInt("SELECT segment FROM journal_position"));
  WEIR_TRY(const int64_t offset, database.QueryInt("SELECT byte_offset FROM journal_position"));
  WEIR_TRY(Statement spend, database.Prepare("SELECT account, day, cost, strong FROM spend "
                                             "ORDER BY account, day"));
  WEIR_TRY(auto copy,
           Create(data_dir, {static_cast<uint64_t>(segment), static_cast<uint64_t>(offset)}));
  copy->source_.emplace(Source{std::move(database), std::move(spend)});
  return copy;
}

Result<void> BooksCopy::WriteEmpty(const std::string& data_dir, JournalPosition place) {
  WEIR_TRY(auto copy, Create(data_dir, place));
  return copy->Finish();
}

Result<bool> BooksCopy::Write(int64_t most) {
  for (int64_t i = 0; i < most; ++i) {
    WEIR_TRY(const bool more, AddSum());
    if (more) continue;
    WEIR_CHECK_OK(EndAccount());
    WEIR_CHECK_OK(AddReservations());
    WEIR_CHECK_OK(Finish());
    return true;
  }
  return false;
}

Result<bool> BooksCopy::AddSum() {
  Statement& spend = source_->spend;
  WEIR_TRY(const bool row, spend.Step());
  if (!row) return false;
  if (spend.TextAt(0) != account_ || sums_.size() > kMostSumBytes) {
    WEIR_CHECK_OK(EndAccount());
    account_ = spend.TextAt(0);
  }
  for (int column = 1; column <= 3; ++column) AppendVarint(ZigZag(spend.Int(column)), &sums_);
  return true;
}

Result<void> BooksCopy::EndAccount() {
  if (sums_.empty()) return {};
  std::string payload(1, kSums);
  AppendVarint(account_.size(), &payload);
  payload += account_;
  payload += sums_;
  sums_.clear();
  return AddRecord(payload);
}

Result<void> BooksCopy::AddReservations() {
  WEIR_TRY(Statement rows, source_->database.Prepare(SelectRowsSql("reservations")));
  while (true) {
    WEIR_TRY(const bool row, rows.Step());
    if (!row) return {};
    WEIR_TRY(const Record record, ReadDecision(rows));
    WEIR_CHECK_OK(AddRecord(kReservation + Encode(record)));
  }
}

Result<void> BooksCopy::AddRecord(std::string_view payload) {
  if (payload.size() > kMaxPayloadBytes) {
    return MakeError(Reason::kInternal, "a record of the books is out of bounds");
  }
  std::array<char, kRecordHeaderBytes> header;
  PutRecordHeader(payload, header.data());
  out_.append(header.data(), header.size()).append(payload);
  ++records_;
  return out_.size() < kFlushBytes ? Result<void>() : Flush();
}

Result<void> BooksCopy::Flush() {
  for (std::string_view left = out_; !left.empty();) {
    const ssize_t size = write(file_.fd(), left.data(), left.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return FileError("writing", FreshPath(data_dir_), size < 0 ? errno : ENOSPC);
    left.remove_prefix(static_cast<size_t>(size));
  }
  out_.clear();
  return {};
}

Result<void> BooksCopy::Finish() {
  source_.reset();
  std::string payload(1, kEnd);
  AppendVarint(records_, &payload);
  WEIR_CHECK_OK(AddRecord(payload));
  WEIR_CHECK_OK(Flush());
  const std::string fresh = FreshPath(data_dir_);
  if (fdatasync(file_.fd()) != 0) return FileError("syncing", fresh, errno);
  if (std::rename(fresh.c_str(), CopyPath(data_dir_).c_str()) != 0) {
    return FileError("replacing", CopyPath(data_dir_), errno);
  }
  return SyncDirectory(data_dir_);
}

Result<std::optional<JournalPosition>> CheckCopy(const std::string& data_dir) {
  if (access(CopyPath(data_dir).c_str(), F_OK) != 0 && errno == ENOENT) {
    return std::optional<JournalPosition>();
  }
  JournalPosition place;
  uint64_t seen = 0, expected = 0;
  bool ended = false;
  std::vector<SpentDay> days;
  auto each = [&](std::string_view payload) -> Result<bool> {
    const char letter = payload.front();
    payload.remove_prefix(1);
    if (ended || (letter == kPlace) != (seen++ == 0)) return false;
    if (letter == kPlace) {
      return TakeVarint(&payload, &place.segment) && TakeVarint(&payload, &place.offset);
    }
    if (letter == kSums) {
      return TakeSums(payload, &days, [](auto, auto) -> Result<void> { return {}; });
    }
    if (letter == kReservation) return View(payload).has_value();
    ended = letter == kEnd && TakeVarint(&payload, &expected);
    return ended && expected == seen - 1;
  };
  WEIR_TRY(const bool good, EachRecord(data_dir, each));
  if (!good || !ended) return NotWhole(data_dir);
  return std::optional(place);
}

Result<void> ReadCopy(const std::string& data_dir, const TakeSpent& spent,
                      const std::function<Result<void>(const RowView& row)>& reserved) {
  std::vector<SpentDay> days;
  auto each = [&](std::string_view payload) -> Result<bool> {
    const char letter = payload.front();
    payload.remove_prefix(1);
    if (letter == kSums) return TakeSums(payload, &days, spent);
    if (letter != kReservation) return true;
    WEIR_TRY(const RowView row, View(payload));
    WEIR_CHECK_OK(reserved(row));
    return true;
  };
  WEIR_TRY(const bool good, EachRecord(data_dir, each));
  return good ? Result<void>() : NotWhole(data_dir);
}

}  // namespace weir::ledger
