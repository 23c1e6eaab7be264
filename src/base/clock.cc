#include "base/clock.h"

#include "base/strings.h"

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

}  // namespace

const Clock& SystemClock() {
  static const MachineClock clock;
  return clock;
}

// Calendar arithmetic, not gmtime: that takes the C library's lock for its time zone.
std::string FormatWall(WallMicros micros) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(micros)};
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const auto ms = static_cast<uint64_t>(floor<std::chrono::milliseconds>(time - day).count());
  std::string text;
  text.reserve(std::size("2026-11-23T21:20:00.123Z"));
  AppendUint(&text, static_cast<uint64_t>(static_cast<int>(date.year())), 4);
  AppendUint(&(text += '-'), static_cast<unsigned>(date.month()), 2);
  AppendUint(&(text += '-'), static_cast<unsigned>(date.day()), 2);
  AppendUint(&(text += 'T'), ms / 3'600'000, 2);
  AppendUint(&(text += ':'), ms / 60'000 % 60, 2);
  AppendUint(&(text += ':'), ms / 1000 % 60, 2);
  AppendUint(&(text += '.'), ms % 1000, 3);
  return text += 'Z';
}

}  // namespace weir
