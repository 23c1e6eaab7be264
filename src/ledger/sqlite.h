// SQLite as values: a connection and its prepared statements. One thread each.
#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"

namespace weir::ledger {

class Statement {
 public:
  // Bound texts and blobs must live until the next Step() has returned. Index from 1.
  void Bind(int index, std::integral auto value) {
    Note(sqlite3_bind_int64(handle_.get(), index, static_cast<int64_t>(value)));
  }
  void Bind(int index, double value) { Note(sqlite3_bind_double(handle_.get(), index, value)); }
  void Bind(int index, std::string_view text);
  void Bind(int index, const RequestId& id);
  void Bind(int index, NanoUsd amount) { Bind(index, amount.nano); }
  void Bind(int index, const std::optional<NanoUsd>& amount);
  void BindBlob(int index, std::string_view bytes);

  // True: a row stands ready. False: done, and ready to be bound and stepped again.
  Result<bool> Step();
  // For statements without rows.
  Result<void> Run();
  void Reset() { sqlite3_reset(handle_.get()); }

  // Column from 0.
  int64_t Int(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  double Double(int column) const { return sqlite3_column_double(handle_.get(), column); }
  bool IsNull(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
  }
  std::string_view TextAt(int column) const;  // valid until the next Step() or Reset()

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  void Note(int code) {
    if (code != SQLITE_OK && bind_error_ == SQLITE_OK) bind_error_ = code;
  }

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bind_error_ = SQLITE_OK;
};

class Database {
 public:
  enum class Mode : uint8_t { kReadWrite, kReadOnly, kImmutable };

  // Does not read the file yet: the first statement tells whether it is a database.
  static Result<Database> Open(const std::string& path, Mode mode);

  Result<Statement> Prepare(const std::string& sql);
  Result<void> Execute(const std::string& sql);
  Result<int64_t> QueryInt(const std::string& sql);
  int64_t changes() const { return sqlite3_changes64(handle_.get()); }
  void set_busy_timeout(int milliseconds) { sqlite3_busy_timeout(handle_.get(), milliseconds); }
  // Statements started from now on fail with kOverloaded after about `steps` of SQLite's machine.
  void set_step_limit(int64_t steps);
  bool read_only() const { return sqlite3_db_readonly(handle_.get(), "main") == 1; }
  // Whether the last error says that the file is damaged or no database.
  bool damaged() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}

  std::unique_ptr<sqlite3, Close> handle_;
  std::unique_ptr<int64_t> steps_left_;
};

// kOverloaded when it is worth trying later (locked, interrupted by the step limit), else kIo.
Error SqliteError(sqlite3* database, int code);

}  // namespace weir::ledger
