#include "config/week_times.h"

#include <algorithm>
#include <array>
#include <optional>

namespace weir::config {
namespace {

constexpr int kDay = 24 * 60;
constexpr int kWeek = 7 * kDay;
constexpr std::array<std::string_view, 7> kDayNames = {"mon", "tue", "wed", "thu",
                                                       "fri", "sat", "sun"};

struct Range {
  int first;
  int last;
};

std::optional<int> DayOf(std::string_view name) {
  const auto found = std::ranges::find(kDayNames, name);
  if (found == kDayNames.end()) return std::nullopt;
  return static_cast<int>(found - kDayNames.begin());
}

// "fri" or "mon-fri"; the week is a ring.
std::optional<Range> DaysOf(std::string_view text) {
  const size_t dash = text.find('-');
  const auto first = DayOf(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : DayOf(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  return Range{*first, *last < *first ? *last + 7 : *last};
}

std::optional<int> MinuteOf(std::string_view text) {
  constexpr std::string_view kShape = "dd:dd";
  if (text.size() != kShape.size() || text[2] != ':') return std::nullopt;
  for (const size_t i : {0U, 1U, 3U, 4U}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour * 60 + minute > kDay) return std::nullopt;
  return hour * 60 + minute;
}

// "16:30-00:30": minutes of a day, the end behind the beginning.
std::optional<Range> HoursOf(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = MinuteOf(text.substr(0, dash));
  const auto to = MinuteOf(text.substr(dash + 1));
  if (!from || !to || *from == kDay || *from == *to) return std::nullopt;
  return Range{*from, *to < *from ? *to + kDay : *to};
}

}  // namespace

bool WeekTimes::Add(std::string_view window) {
  Range days{0, 6};
  Range hours{0, kDay};
  const size_t blank = window.find(' ');
  const std::string_view front = window.substr(0, blank);
  const bool named = !front.empty() && front[0] >= 'a';
  if (blank != std::string_view::npos && !named) return false;
  if (named) {
    const auto said = DaysOf(front);
    if (!said) return false;
    days = *said;
  }
  if (!named || blank != std::string_view::npos) {
    const auto said = HoursOf(named ? window.substr(blank + 1) : window);
    if (!said) return false;
    hours = *said;
  }
  for (int day = days.first; day <= days.last; ++day) {
    AddSpan(day % 7 * kDay + hours.first, hours.last - hours.first);
  }
  Merge();
  if (!text_.empty()) text_ += ", ";
  text_ += window;
  return true;
}

void WeekTimes::AddSpan(int begin, int minutes) {
  const int end = begin + minutes;
  spans_.emplace_back(begin, std::min(end, kWeek));
  if (end > kWeek) spans_.emplace_back(0, end - kWeek);
}

void WeekTimes::Merge() {
  std::ranges::sort(spans_);
  std::vector<std::pair<int, int>> apart;
  for (const auto& span : spans_) {
    if (apart.empty() || span.first > apart.back().second) {
      apart.push_back(span);
    } else {
      apart.back().second = std::max(apart.back().second, span.second);
    }
  }
  spans_ = std::move(apart);
}

bool WeekTimes::Contains(WallMicros at) const {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(at)};
  const auto day = floor<std::chrono::days>(time);
  const int weekday = static_cast<int>(std::chrono::weekday(day).iso_encoding()) - 1;
  const auto of_day = floor<std::chrono::minutes>(time - day).count();
  const int minute = weekday * kDay + static_cast<int>(of_day);
  return std::ranges::any_of(
      spans_, [&](const auto& span) { return span.first <= minute && minute < span.second; });
}

bool WeekTimes::Overlaps(const WeekTimes& other) const {
  return std::ranges::any_of(spans_, [&](const auto& a) {
    return std::ranges::any_of(
        other.spans_, [&](const auto& b) { return a.first < b.second && b.first < a.second; });
  });
}

}  // namespace weir::config
