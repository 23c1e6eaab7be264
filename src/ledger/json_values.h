// Members of the report's JSON: unknown figures are null.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "json/write.h"

namespace weir::ledger {

inline void WriteInt(json::Writer* writer, std::string_view name, int64_t value) {
  writer->Key(name);
  writer->Int(value);
}

inline void WriteMicros(json::Writer* writer, std::string_view name, int64_t micros) {
  writer->Key(name);
  micros >= 0 ? writer->Int(micros) : writer->Null();
}

// A number with one decimal, or null.
inline void WritePercent(json::Writer* writer, std::string_view name, const std::string& percent) {
  writer->Key(name);
  percent.empty() ? writer->Null() : writer->Raw(percent);
}

inline void WriteShare(json::Writer* writer, std::string_view name,
                       const std::optional<double>& share) {
  writer->Key(name);
  share ? writer->Double(*share) : writer->Null();
}

inline void WriteText(json::Writer* writer, std::string_view name, std::string_view text) {
  writer->Key(name);
  writer->String(text);
}

// The member "tiers": a count by name; `names` may be fewer than `counts`.
inline void WriteTierCounts(json::Writer* writer, std::span<const std::string> names,
                            std::span<const int64_t> counts) {
  writer->Key("tiers");
  writer->BeginObject();
  for (size_t i = 0; i < names.size(); ++i) WriteInt(writer, names[i], counts[i]);
  writer->EndObject();
}

}  // namespace weir::ledger
