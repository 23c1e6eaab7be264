// Windows of time that come again each week, in UTC: when a provider's off-peak prices hold.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace weir::config {

class WeekTimes {
 public:
  // "16:30-00:30" on every day, "mon-fri 01:00-04:00", "sat 22:00-24:00", "sat-sun" for whole days.
  // A window begins on the days it names and may run over midnight. False: it is none of these, or
  // begins where it ends; then nothing is added.
  bool Add(std::string_view window);
  // From a window's first minute to before its end.
  bool Contains(WallMicros at) const;
  bool Overlaps(const WeekTimes& other) const;
  const std::string& text() const { return text_; }  // as they were given, with commas between

 private:
  void AddSpan(int begin, int minutes);
  void Merge();

  // Minutes since Monday 00:00, [begin, end): in order, apart from one another.
  std::vector<std::pair<int, int>> spans_;
  std::string text_;
};

}  // namespace weir::config
