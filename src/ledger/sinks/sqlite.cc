#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/clock.h"
#include "base/log.h"
#include "ledger/bodies_table.h"
#include "ledger/books.h"
#include "ledger/books_copy.h"
#include "ledger/decision_writer.h"
#include "ledger/file.h"
#include "ledger/sink.h"
#include "ledger/spend_folder.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

// Long enough for a reader's checkpoint, short enough not to hold up fsync and the ring.
constexpr int kBusyMilliseconds = 50;

// A hundredth of a second's work: the thread that copies also syncs the journal.
constexpr int64_t kCopySums = 10'000;

// Of a new store: several rows a page, and few system calls a row.
constexpr std::string_view kPageSize = "PRAGMA page_size = 8192";
// Pages of the WAL at which SQLite carries it over: 8 MiB of a new store.
constexpr std::string_view kTuning =
    "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864;"
    "PRAGMA wal_autocheckpoint = 1000";

struct Statements {
  Statement begin, commit, rollback, position, read_position, expire;
  DecisionWriter decisions;
  ReservationWriter reservations;
  BodiesEraser bodies;
  SpendFolder folder;

  static Result<Statements> Prepare(Database* database);
};

Result<Statements> Statements::Prepare(Database* database) {
  WEIR_TRY(auto begin, database->Prepare("BEGIN IMMEDIATE"));
  WEIR_TRY(auto commit, database->Prepare("COMMIT"));
  WEIR_TRY(auto rollback, database->Prepare("ROLLBACK"));
  WEIR_TRY(auto position,
           database->Prepare("INSERT OR REPLACE INTO journal_position VALUES (1, ?, ?)"));
  WEIR_TRY(auto read_position,
           database->Prepare("SELECT segment, byte_offset FROM journal_position"));
  WEIR_TRY(auto expire,
           database->Prepare("DELETE FROM decisions WHERE seq IN (SELECT seq FROM decisions "
                             "WHERE seq <= ? AND time < ? AND kind <> 'order' "
                             "ORDER BY seq LIMIT ?)"));
  WEIR_TRY(auto decisions, DecisionWriter::Prepare(database));
  WEIR_TRY(auto reservations, ReservationWriter::Prepare(database));
  WEIR_TRY(auto bodies, BodiesEraser::Prepare(database));
  WEIR_TRY(auto folder, SpendFolder::Prepare(database));
  return Statements{std::move(begin),     std::move(commit),        std::move(rollback),
                    std::move(position),  std::move(read_position), std::move(expire),
                    std::move(decisions), std::move(reservations),  std::move(bodies),
                    std::move(folder)};
}

class SqliteSink final : public Sink {
 public:
  static Result<std::unique_ptr<Sink>> Open(const std::string& data_dir);

  Result<void> Store(std::span<const RowView> rows, JournalPosition position) override;
  Result<JournalPosition> Position() override;
  Result<std::optional<JournalPosition>> Persist() override;
  Result<int64_t> Expire(WallMicros before, int64_t max_rows) override;
  Result<bool> Tidy(int64_t max_rows) override;

 private:
  explicit SqliteSink(std::string data_dir)
      : data_dir_(std::move(data_dir)), path_(StorePath(data_dir_)) {}

  Result<void> Connect();
  Result<void> ConnectOrRebuild();
  Result<void> Ready();
  void Disconnect();
  Error Failed(Error error);
  template <class Work>
  Result<void> InTransaction(Work work);
  Result<void> SyncWal() const;
  Result<bool> WriteCopy();

  const std::string data_dir_;
  const std::string path_;
  ino_t inode_ = 0;
  std::optional<Database> database_;
  std::optional<Statements> statements_;
  std::unique_ptr<BooksCopy> copy_;  // that is being made
  bool words_expired_ = false;       // and are perhaps still in the WAL
};

bool Exists(const std::string& path) {
  struct stat status{};
  return lstat(path.c_str(), &status) == 0;
}

// What a damaged store leaves goes aside whole: its WAL may hold rows that somebody can still save.
Result<void> MoveAside(const std::string& path, std::string_view why) {
  std::string aside = fmt::format("{}.corrupt-{}", path, SystemClock().Wall() / 1000);
  for (std::string_view suffix : {"", "-wal", "-shm"}) {
    std::string from = path + std::string(suffix);
    if (Exists(from) && std::rename(from.c_str(), (aside + std::string(suffix)).c_str()) != 0) {
      return FileError("moving aside", from, errno);
    }
  }
  Log(LogLevel::kError, "ledger: the store is damaged, moved aside and begun anew",
      {Field("moved_to", aside), Field("why", why),
       Field("rows", "those still in the journal are stored again, older ones are in that file")});
  return {};
}

// Empty when the file can be given to SQLite.
std::string WhyNoDatabase(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return "";
  if (!S_ISREG(status.st_mode)) return "not a regular file";
  return status.st_size == 0 ? "zero length" : "";
}

Result<std::unique_ptr<Sink>> SqliteSink::Open(const std::string& data_dir) {
  auto sink = std::unique_ptr<SqliteSink>(new SqliteSink(data_dir));
  if (auto connected = sink->ConnectOrRebuild(); !connected) {
    Error error = std::move(connected).error();
    error.message = sink->path_ + ": " + error.message;
    return error;
  }
  return std::unique_ptr<Sink>(std::move(sink));
}

Result<void> SqliteSink::ConnectOrRebuild() {
  if (std::string why = WhyNoDatabase(path_); !why.empty()) {
    WEIR_CHECK_OK(MoveAside(path_, why));
  }
  auto connected = Connect();
  if (connected) return connected;
  Error error = Failed(std::move(connected).error());
  if (database_) {
    Disconnect();
    return error;
  }
  return Connect();
}

Result<void> SqliteSink::Connect() {
  // SQLite gives -wal and -shm the mode of the file itself: nobody else's to read.
  // O_EXCL, since closing a descriptor of a file that SQLite has open drops SQLite's locks on it.
  File created(open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!created.valid() && errno != EEXIST) return FileError("creating", path_, errno);
  WEIR_TRY(database_, Database::Open(path_, Database::Mode::kReadWrite));
  database_->set_busy_timeout(kBusyMilliseconds);
  WEIR_CHECK_OK(database_->Execute(std::string(kPageSize)));
  WEIR_CHECK_OK(database_->Execute("PRAGMA journal_mode = WAL"));
  WEIR_CHECK_OK(database_->Execute(std::string(kTuning)));
  if (database_->read_only()) return MakeError(Reason::kIo, "it is read-only");
  WEIR_CHECK_OK(PrepareSchema(data_dir_, &*database_));
  struct stat status{};
  if (stat(path_.c_str(), &status) != 0) return FileError("opening", path_, errno);
  inode_ = status.st_ino;
  WEIR_TRY(statements_, Statements::Prepare(&*database_));
  return {};
}

// A damaged file is moved aside at once, so that the next call begins a new one; this call still
// fails, and the ledger asks for the position again.
Error SqliteSink::Failed(Error error) {
  if (!database_ || !database_->damaged()) return error;
  Disconnect();
  if (auto moved = MoveAside(path_, error.message); !moved) return std::move(moved).error();
  return error;
}

// A store that was deleted under us would swallow rows without a word.
Result<void> SqliteSink::Ready() {
  struct stat named{};
  bool same = stat(path_.c_str(), &named) == 0 && named.st_ino == inode_;
  if (statements_ && same) return {};
  if (statements_) {
    Log(LogLevel::kError, "ledger: the store was deleted, begun anew", {Field("store", path_)});
    Disconnect();
    WEIR_CHECK_OK(ConnectOrRebuild());
    return MakeError(Reason::kIo, path_ + " was deleted while it was in use; begun anew");
  }
  return ConnectOrRebuild();
}

void SqliteSink::Disconnect() {
  copy_.reset();
  statements_.reset();
  database_.reset();
}

template <class Work>
Result<void> SqliteSink::InTransaction(Work work) {
  WEIR_CHECK_OK(Ready());
  if (auto begun = statements_->begin.Run(); !begun) return Failed(std::move(begun).error());
  Result<void> done = work();
  if (done) done = statements_->commit.Run();
  if (done) return done;
  Error error = Failed(std::move(done).error());
  // SQLite has rolled back by itself after some errors; then there is nothing left to undo.
  if (statements_) [[maybe_unused]]
    auto undone = statements_->rollback.Run();
  return error;
}

Result<void> SqliteSink::Store(std::span<const RowView> rows, JournalPosition position) {
  return InTransaction([&]() -> Result<void> {
    WEIR_CHECK_OK(statements_->reservations.Write(rows));
    WEIR_CHECK_OK(statements_->decisions.Write(rows));
    statements_->position.Bind(1, position.segment);
    statements_->position.Bind(2, position.offset);
    return statements_->position.Run();
  });
}

Result<JournalPosition> SqliteSink::Position() {
  WEIR_CHECK_OK(Ready());
  auto row = statements_->read_position.Step();
  if (!row) return Failed(std::move(row).error());
  if (!*row) return JournalPosition{};
  JournalPosition position{static_cast<uint64_t>(statements_->read_position.Int(0)),
                           static_cast<uint64_t>(statements_->read_position.Int(1))};
  statements_->read_position.Reset();
  return position;
}

Result<std::optional<JournalPosition>> SqliteSink::Persist() {
  WEIR_CHECK_OK(Ready());
  Result<bool> whole = WriteCopy();
  std::optional<JournalPosition> safe;
  if (whole && *whole) safe = copy_->place();
  if (!whole || *whole) copy_.reset();
  if (!whole) return std::move(whole).error();
  return safe;
}

Result<bool> SqliteSink::WriteCopy() {
  if (!copy_) {
    WEIR_CHECK_OK(SyncWal());
    WEIR_TRY(copy_, BooksCopy::Begin(data_dir_));
  }
  return copy_->Write(kCopySums);
}

// The WAL is where commits go without a sync of their own; SQLite takes no locks on that file.
Result<void> SqliteSink::SyncWal() const {
  std::string wal = path_ + "-wal";
  File file(open(wal.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.valid() && errno == ENOENT) return {};
  if (!file.valid() || fdatasync(file.fd()) != 0) return FileError("syncing", wal, errno);
  return {};
}

Result<int64_t> SqliteSink::Expire(WallMicros before, int64_t max_rows) {
  int64_t deleted = 0;
  auto expired = InTransaction([&]() -> Result<void> {
    WEIR_TRY(const bool words, statements_->bodies.Erase(SeqTo(before), before, max_rows));
    words_expired_ |= words;
    Statement& expire = statements_->expire;
    expire.Bind(1, SeqTo(before));
    expire.Bind(2, before);
    expire.Bind(3, max_rows);
    WEIR_CHECK_OK(expire.Run());
    deleted = database_->changes();
    return {};
  });
  if (!expired) return std::move(expired).error();
  // The WAL still has the pages as they were. A reader may be in the way; then at the next expiry.
  if (words_expired_ && deleted < max_rows) {
    words_expired_ = !database_->Execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  return deleted;
}

Result<bool> SqliteSink::Tidy(int64_t max_rows) {
  bool more = false;
  WEIR_CHECK_OK(InTransaction([&]() -> Result<void> {
    WEIR_TRY(more, statements_->folder.FoldSome(max_rows));
    return {};
  }));
  return more;
}

}  // namespace

const SinkRow kSqliteSink = {
    "sqlite",
    "rows in data_dir/ledger.db, read by `weir report` and the admin plane; no service needed",
    &SqliteSink::Open, true};

}  // namespace weir::ledger
