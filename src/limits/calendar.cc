#include "limits/calendar.h"

#include <chrono>
#include <limits>

namespace weir::limits {
namespace {

using config::Per;

std::chrono::year_month_day DateOf(int64_t day) {
  return std::chrono::sys_days(std::chrono::days(day));
}

}  // namespace

int64_t FirstDay(Per per, int64_t day) {
  if (per == Per::kDay) return day;
  if (per == Per::kTotal) return std::numeric_limits<int64_t>::min();
  const std::chrono::year_month_day date = DateOf(day);
  return std::chrono::sys_days(date.year() / date.month() / 1).time_since_epoch().count();
}

WallMicros EndOfWindow(Per per, WallMicros time) {
  if (per == Per::kTotal) return std::numeric_limits<WallMicros>::max();
  const int64_t day = DayOf(time);
  if (per == Per::kDay) return (day + 1) * kMicrosADay;
  const std::chrono::year_month_day date = DateOf(day);
  const auto next = (date.year() / date.month()) + std::chrono::months(1);
  return std::chrono::sys_days(next / 1).time_since_epoch().count() * kMicrosADay;
}

}  // namespace weir::limits
