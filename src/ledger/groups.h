// Groups by name, as many as a report shows.
#pragma once

#include <string>
#include <string_view>

#include "ledger/report.h"

namespace weir::ledger {

inline constexpr std::string_view kNoName = "(none)";
inline constexpr std::string_view kOtherNames = "(other)";

// The group of that name; the one of all others when the map has no room left.
template <class Map>
typename Map::mapped_type* FindGroup(Map* groups, std::string_view name, size_t most = kMaxGroups) {
  if (name.empty()) name = kNoName;
  auto found = groups->find(name);
  if (found != groups->end()) return &found->second;
  if (groups->size() >= most - 1) name = kOtherNames;
  return &(*groups)[std::string(name)];
}

}  // namespace weir::ledger
