#include "base/moment.h"

#include <chrono>

#include "base/strings.h"

namespace weir {
namespace {

// The decimal digits [at, at + size) of `text`; nullopt when there is anything else.
std::optional<unsigned> Digits(std::string_view text, size_t at, size_t size) {
  if (text.size() < at + size) return std::nullopt;
  std::optional<uint64_t> value = ParseUint(text.substr(at, size));
  if (!value) return std::nullopt;
  return static_cast<unsigned>(*value);
}

// "21:20:00Z" or "21:20:00.123456Z": microseconds of the day.
std::optional<WallMicros> ParseTimeOfDay(std::string_view text) {
  if (text.size() < 9 || text[2] != ':' || text[5] != ':' || !text.ends_with('Z')) {
    return std::nullopt;
  }
  auto hour = Digits(text, 0, 2);
  auto minute = Digits(text, 3, 2);
  auto second = Digits(text, 6, 2);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  WallMicros micros = (*hour * 3600LL + *minute * 60LL + *second) * 1'000'000;
  std::string_view fraction = text.substr(8, text.size() - 9);
  if (fraction.empty()) return micros;
  auto parts = Digits(fraction, 1, fraction.size() - 1);
  if (fraction.front() != '.' || fraction.size() > 7 || !parts) return std::nullopt;
  WallMicros scaled = *parts;
  for (size_t digits = fraction.size() - 1; digits < 6; ++digits) scaled *= 10;
  return micros + scaled;
}

}  // namespace

std::optional<std::chrono::sys_days> ParseDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = Digits(text, 0, 4);
  const auto month = Digits(text, 5, 2);
  const auto day = Digits(text, 8, 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<WallMicros> ParseMoment(std::string_view text) {
  const auto date = ParseDay(text.substr(0, 10));
  if (!date) return std::nullopt;
  const WallMicros day = date->time_since_epoch() / std::chrono::microseconds(1);
  if (text.size() == 10) return day;
  if (text[10] != 'T') return std::nullopt;
  std::optional<WallMicros> time = ParseTimeOfDay(text.substr(11));
  if (!time) return std::nullopt;
  return day + *time;
}

}  // namespace weir
