// The fields of a row as columns of the store.
#pragma once

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/fields.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

struct Column {
  std::string_view name;
  std::string_view type;
};

template <class T>
constexpr std::string_view TypeOf() {
  if constexpr (std::same_as<T, RequestId>) return "BLOB NOT NULL";
  if constexpr (std::same_as<T, ShelvedString>) return "TEXT NOT NULL DEFAULT ''";
  if constexpr (std::same_as<T, double>) return "REAL NOT NULL DEFAULT 0";
  if constexpr (std::same_as<T, std::optional<NanoUsd>>) return "INTEGER";
  return "INTEGER NOT NULL DEFAULT 0";
}

template <class Row>
std::vector<Column> ColumnsOf() {
  std::vector<Column> columns;
  const Row row;
  VisitFields(row, [&]<class T>(const RowField& field, const T&) {
    columns.push_back({field.name, TypeOf<T>()});
  });
  return columns;
}

// "id, time, endpoint, …"
template <class Row>
std::string ColumnNames() {
  std::string names;
  for (const Column& column : ColumnsOf<Row>()) {
    if (!names.empty()) names += ", ";
    names += column.name;
  }
  return names;
}

// Reads the columns in the order of VisitFields, from the first on.
class ColumnReader {
 public:
  explicit ColumnReader(const Statement& statement) : statement_(statement) {}
  int next() const { return column_; }

  template <class T>
  void operator()(const RowField&, T& value) {
    Read(column_++, &value);
  }

 private:
  void Read(int column, RequestId* id) const {
    std::string_view bytes = statement_.TextAt(column);
    std::copy_n(bytes.begin(), std::min(bytes.size(), id->bytes.size()), id->bytes.begin());
  }
  void Read(int column, ShelvedString* text) const { *text = statement_.TextAt(column); }
  void Read(int column, double* value) const { *value = statement_.Double(column); }
  void Read(int column, bool* value) const { *value = statement_.Int(column) != 0; }
  void Read(int column, NanoUsd* amount) const { amount->nano = statement_.Int(column); }
  void Read(int column, std::optional<NanoUsd>* amount) const {
    if (!statement_.IsNull(column)) *amount = NanoUsd{statement_.Int(column)};
  }
  template <std::integral Int>
  void Read(int column, Int* value) const {
    *value = static_cast<Int>(statement_.Int(column));
  }

  const Statement& statement_;
  int column_ = 0;
};

}  // namespace weir::ledger
