#include "base/clock.h"

#include <algorithm>

namespace weir {
namespace {

class MachineClock final : public Clock {
 public:
  SteadyTime Steady() const override { return std::chrono::steady_clock::now(); }
  WallMicros Wall() const override {
    auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  }
};

// `value` as `digits` digits at `at`.
void PutDigits(char* at, uint64_t value, size_t digits) {
  for (; digits > 0; value /= 10) at[--digits] = static_cast<char>('0' + value % 10);
}

}  // namespace

const Clock& SystemClock() {
  static const MachineClock clock;
  return clock;
}

// Calendar arithmetic, not gmtime: that takes the C library's lock for its time zone.
FixedText<24> WallText(WallMicros micros) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(micros)};
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const auto ms = static_cast<uint64_t>(floor<std::chrono::milliseconds>(time - day).count());
  FixedText<24> text;
  std::ranges::copy(std::string_view("0000-00-00T00:00:00.000Z"), text.chars.begin());
  char* at = text.chars.data();
  PutDigits(at, static_cast<uint64_t>(static_cast<int>(date.year())), 4);
  PutDigits(at + 5, static_cast<unsigned>(date.month()), 2);
  PutDigits(at + 8, static_cast<unsigned>(date.day()), 2);
  PutDigits(at + 11, ms / 3'600'000, 2);
  PutDigits(at + 14, ms / 60'000 % 60, 2);
  PutDigits(at + 17, ms / 1000 % 60, 2);
  PutDigits(at + 20, ms % 1000, 3);
  return text;
}

}  // namespace weir
