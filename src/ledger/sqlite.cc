#include "ledger/sqlite.h"

#include <fmt/format.h>

namespace weir::ledger {
namespace {

constexpr int kStepsPerCheck = 1000;

}  // namespace

Error SqliteError(sqlite3* database, int code) {
  bool later = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED ||
               (code & 0xff) == SQLITE_INTERRUPT;
  return MakeError(later ? Reason::kOverloaded : Reason::kIo,
                   database ? sqlite3_errmsg(database) : sqlite3_errstr(code));
}

void Statement::Bind(int index, std::string_view text) {
  const char* data = text.data() ? text.data() : "";
  Note(sqlite3_bind_text64(handle_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::Bind(int index, const RequestId& id) {
  Note(sqlite3_bind_blob(handle_.get(), index, id.bytes.data(), static_cast<int>(id.bytes.size()),
                         SQLITE_STATIC));
}

void Statement::BindBlob(int index, std::string_view bytes) {
  const char* data = bytes.data() ? bytes.data() : "";
  Note(sqlite3_bind_blob64(handle_.get(), index, data, bytes.size(), SQLITE_STATIC));
}

void Statement::Bind(int index, const std::optional<NanoUsd>& amount) {
  if (amount) return Bind(index, amount->nano);
  Note(sqlite3_bind_null(handle_.get(), index));
}

Result<bool> Statement::Step() {
  sqlite3* database = sqlite3_db_handle(handle_.get());
  if (int code = std::exchange(bind_error_, SQLITE_OK); code != SQLITE_OK) {
    Reset();
    return SqliteError(nullptr, code);
  }
  int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    Reset();
    return false;
  }
  Error error = SqliteError(database, code);
  Reset();
  return error;
}

Result<void> Statement::Run() {
  WEIR_TRY(bool row, Step());
  if (row) Reset();
  return {};
}

std::string_view Statement::TextAt(int column) const {
  const void* bytes = sqlite3_column_blob(handle_.get(), column);
  auto size = static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column));
  return bytes ? std::string_view(static_cast<const char*>(bytes), size) : std::string_view();
}

Result<Database> Database::Open(const std::string& path, Mode mode) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
              (mode == Mode::kReadWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                        : SQLITE_OPEN_READONLY);
  std::string name = path;
  if (mode == Mode::kImmutable) {
    flags |= SQLITE_OPEN_URI;
    name = "file:";
    for (char c : path)
      name += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02X}", c) : std::string(1, c);
    name += "?immutable=1";
  }
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) {
    Error error = SqliteError(handle, code);
    error.message = fmt::format("opening {}: {}", path, error.message);
    return error;
  }
  return database;
}

Result<Statement> Database::Prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v3(handle_.get(), sql.c_str(), static_cast<int>(sql.size()),
                                SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return SqliteError(handle_.get(), code);
  return Statement(statement);
}

Result<void> Database::Execute(const std::string& sql) {
  int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return SqliteError(handle_.get(), code);
  return {};
}

Result<int64_t> Database::QueryInt(const std::string& sql) {
  WEIR_TRY(Statement statement, Prepare(sql));
  WEIR_TRY(bool row, statement.Step());
  return row ? statement.Int(0) : 0;
}

void Database::set_step_limit(int64_t steps) {
  if (!steps_left_) steps_left_ = std::make_unique<int64_t>();
  *steps_left_ = steps;
  auto count = [](void* left) {
    return (*static_cast<int64_t*>(left) -= kStepsPerCheck) < 0 ? 1 : 0;
  };
  sqlite3_progress_handler(handle_.get(), kStepsPerCheck, count, steps_left_.get());
}

bool Database::damaged() const {
  int code = sqlite3_errcode(handle_.get()) & 0xff;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

}  // namespace weir::ledger
