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

// "2026-11-23T21:20:00."
std::string FormatSecond(std::chrono::sys_seconds second) {
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date{day};
  const auto of_day = static_cast<uint64_t>((second - day).count());
  std::string text;
  AppendUint(&text, static_cast<uint64_t>(static_cast<int>(date.year())), 4);
  AppendUint(&(text += '-'), static_cast<unsigned>(date.month()), 2);
  AppendUint(&(text += '-'), static_cast<unsigned>(date.day()), 2);
  AppendUint(&(text += 'T'), of_day / 3'600, 2);
  AppendUint(&(text += ':'), of_day / 60 % 60, 2);
  AppendUint(&(text += ':'), of_day % 60, 2);
  return text += '.';
}

}  // namespace

const Clock& SystemClock() {
  static const MachineClock clock;
  return clock;
}

// Calendar arithmetic, not gmtime: that takes the C library's lock for its time zone. Times of one
// second after another are asked for, so the last one's text is kept.
std::string FormatWall(WallMicros micros) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(micros)};
  const auto second = floor<std::chrono::seconds>(time);
  thread_local std::pair<std::chrono::sys_seconds, std::string> last{second, FormatSecond(second)};
  if (last.first != second) last = {second, FormatSecond(second)};
  std::string text;
  text.reserve(std::size("2026-11-23T21:20:00.123Z"));
  text = last.second;
  const auto ms = floor<std::chrono::milliseconds>(time - second).count();
  AppendUint(&text, static_cast<uint64_t>(ms), 3);
  text += 'Z';
  return text;
}

}  // namespace weir
