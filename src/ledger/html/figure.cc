#include "ledger/html/figure.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/html/text.h"

namespace weir::ledger::html {

std::string Legend(const std::vector<Key>& keys) {
  if (keys.empty()) return "";
  std::string legend;
  for (const Key& key : keys) {
    legend += fmt::format("<li><i class=\"key {}\"></i>{}</li>", key.style, Escape(key.words));
  }
  return "<ul class=\"legend\">" + legend + "</ul>";
}

std::string Figure(std::string_view title, const std::vector<Key>& keys, std::string_view content,
                   std::string_view note, std::string_view style) {
  return fmt::format("<figure{}><figcaption>{}</figcaption>{}{}{}</figure>\n",
                     style.empty() ? "" : fmt::format(" class=\"{}\"", style), Escape(title),
                     Legend(keys), content,
                     note.empty() ? "" : fmt::format("<p class=\"note\">{}</p>", Escape(note)));
}

std::string ShortDay(WallMicros begins, bool with_year) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string day = FormatWall(begins).substr(0, 10);
  const size_t month = static_cast<size_t>(day[5] - '0') * 10 + static_cast<size_t>(day[6] - '0');
  std::string text = day.substr(day[8] == '0' ? 9 : 8, day[8] == '0' ? 1 : 2);
  text += " " + std::string(kMonths[std::clamp<size_t>(month, 1, 12) - 1]);
  return with_year ? text + " " + day.substr(0, 4) : text;
}

std::string EveryDays(int64_t days) {
  return days == 1 ? "per day" : fmt::format("per {} days", days);
}

int64_t Millionths(double share) {
  return static_cast<int64_t>(share * kWhole + 0.5);
}

std::string PercentTick(int64_t value, int64_t step) {
  const int decimals = step % (kWhole / 100) == 0 ? 0 : 1;
  return fmt::format("{:.{}f} %", static_cast<double>(value) * 100 / kWhole, decimals);
}

void StackShares(const std::array<int64_t, kSeriesTiers>& tiers, int64_t all, size_t column,
                 Plot* plot) {
  int64_t below = 0;
  for (size_t i = 0; i < tiers.size() && all > 0; ++i) {
    const int64_t from = below * kWhole / all;
    below += tiers[i];
    if (tiers[i] > 0) plot->Bar(kTierStyles[i], column, from, below * kWhole / all);
  }
}

}  // namespace weir::ledger::html
