#include "ledger/html/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/strings.h"
#include "ledger/figures.h"
#include "ledger/html/text.h"

namespace weir::ledger::html {
namespace {

__extension__ using Wide = __int128;

constexpr int64_t kWidth = 5600;
constexpr int64_t kLeft = 720, kRight = 5460, kTop = 140;
constexpr size_t kMostDots = 31;

std::string Tenths(int64_t tenths) {
  return tenths % 10 == 0 ? fmt::format("{}", tenths / 10)
                          : fmt::format("{}.{}", tenths / 10, tenths % 10);
}

std::string Open(std::string_view id, std::string_view title, std::string_view description,
                 int64_t height) {
  return fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{}-t {}-d\">"
      "<title id=\"{}-t\">{}</title><desc id=\"{}-d\">{}</desc>",
      Tenths(kWidth), Tenths(height), id, id, id, Escape(title), id, Escape(description));
}

std::string Text(std::string_view style, int64_t x, int64_t y, std::string_view text) {
  return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>", style, Tenths(x), Tenths(y),
                     Escape(text));
}

std::string Rect(std::string_view style, int64_t x, int64_t y, int64_t width, int64_t height) {
  return fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>", style,
                     Tenths(x), Tenths(y), Tenths(width), Tenths(height));
}

// To whole steps away from nothing.
int64_t Outwards(int64_t value, int64_t step) {
  int64_t steps = value / step;
  if (value % step != 0) steps += value < 0 ? -1 : 1;
  return steps * step;
}

}  // namespace

int64_t NiceStep(int64_t range) {
  Wide step = 1;
  while (true) {
    for (int64_t times : {1, 2, 5}) {
      if (step * times * 5 >= range) return static_cast<int64_t>(step * times);
    }
    step *= 10;
  }
}

std::string TickDollars(int64_t value, int64_t step) {
  int decimals = 0;
  for (int64_t unit = 1'000'000'000; decimals < 9 && step % unit != 0; unit /= 10) ++decimals;
  return Dollars(NanoUsd{value}, decimals);
}

Plot::Plot(int64_t low, int64_t high, size_t columns, PlotFrame frame)
    : frame_(frame),
      low_(low),
      high_(std::max(high, low)),
      step_(frame.step > 0 ? frame.step : NiceStep(high_ - low_)),
      columns_(columns) {
  low_ = Outwards(low_, step_);
  if (low > 0 && low_ > low) low_ -= step_;
  high_ = std::max(Outwards(high_, step_), low_ + step_);
}

int64_t Plot::X(size_t column) const {
  const auto count = static_cast<int64_t>(std::max<size_t>(columns_, 1));
  return kLeft + (2 * static_cast<int64_t>(column) + 1) * (kRight - kLeft) / (2 * count);
}

int64_t Plot::Y(int64_t value) const {
  const Wide part =
      static_cast<Wide>(std::clamp(value, low_, high_) - low_) * (frame_.bottom - kTop);
  return frame_.bottom - static_cast<int64_t>(part / (high_ - low_));
}

void Plot::Grid(std::string (*label)(int64_t value, int64_t step)) {
  for (int64_t value = low_; value <= high_; value += step_) {
    const int64_t y = Y(value);
    fmt::format_to(
        std::back_inserter(body_), "<line class=\"{}\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>",
        value == 0 ? "axis" : "grid", Tenths(kLeft), Tenths(kRight), Tenths(y), Tenths(y));
    body_ += Text("tick end", kLeft - 80, y + 40, label(value, step_));
  }
}

void Plot::Names(const std::vector<std::string>& names) {
  if (names.empty()) return;
  const int64_t y = frame_.bottom + 220;
  if (names.size() == 1) {
    body_ += Text("tick mid", X(0), y, names[0]);
    return;
  }
  body_ += Text("tick", kLeft, y, names.front());
  if (names.size() > 4) {
    const size_t middle = names.size() / 2;
    body_ += Text("tick mid", X(middle), y, names[middle]);
  }
  body_ += Text("tick end", kRight, y, names.back());
}

std::string Plot::Points(std::span<const int64_t> values, bool backwards) const {
  std::string points;
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t at = backwards ? values.size() - 1 - i : i;
    fmt::format_to(std::back_inserter(points), "{}{},{}", points.empty() ? "" : " ", Tenths(X(at)),
                   Tenths(Y(values[at])));
  }
  return points;
}

void Plot::Line(std::string_view style, std::span<const int64_t> values) {
  if (values.size() > 1) {
    body_ += fmt::format("<polyline class=\"line {}\" points=\"{}\"/>", style, Points(values));
  }
  if (values.size() > kMostDots) return;
  for (size_t i = 0; i < values.size(); ++i) Dot(style, i, values[i]);
}

void Plot::Path(std::string_view style, std::span<const std::optional<int64_t>> values) {
  std::string points;
  const auto end = [&] {
    if (points.find(' ') != points.npos) {
      body_ += fmt::format("<polyline class=\"line {}\" points=\"{}\"/>", style, points);
    }
    points.clear();
  };
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) {
      end();
      continue;
    }
    fmt::format_to(std::back_inserter(points), "{}{},{}", points.empty() ? "" : " ", Tenths(X(i)),
                   Tenths(Y(*values[i])));
  }
  end();
}

void Plot::Band(std::string_view style, std::span<const int64_t> lows,
                std::span<const int64_t> highs) {
  if (lows.size() == 1) return Whisker(style, 0, lows[0], highs[0]);
  body_ += fmt::format("<polygon class=\"band {}\" points=\"{} {}\"/>", style, Points(lows),
                       Points(highs, true));
}

void Plot::Balance(std::string_view id, std::span<const int64_t> values) {
  const int64_t zero = Y(0);
  if (values.size() == 1) return Bar(values[0] < 0 ? "loss" : "gain", 0, 0, values[0]);
  fmt::format_to(std::back_inserter(body_),
                 "<clipPath id=\"{}-up\">{}</clipPath><clipPath id=\"{}-down\">{}</clipPath>", id,
                 Rect("clip", 0, 0, kWidth, zero), id,
                 Rect("clip", 0, zero, kWidth, frame_.height - zero));
  const std::string area = fmt::format("{},{} {} {},{}", Tenths(X(0)), Tenths(zero), Points(values),
                                       Tenths(X(values.size() - 1)), Tenths(zero));
  for (auto [side, style] : {std::pair("up", "gain"), std::pair("down", "loss")}) {
    fmt::format_to(std::back_inserter(body_),
                   "<g clip-path=\"url(#{}-{})\"><polygon class=\"band {}\" points=\"{}\"/>"
                   "<polyline class=\"line {}\" points=\"{}\"/></g>",
                   id, side, style, area, style, Points(values));
  }
}

void Plot::Bar(std::string_view style, size_t column, int64_t from, int64_t to) {
  const auto count = static_cast<int64_t>(std::max<size_t>(columns_, 1));
  const int64_t width = std::clamp<int64_t>((kRight - kLeft) * 4 / (5 * count), 10, 900);
  const int64_t top = Y(std::max(from, to));
  body_ += Rect(style, X(column) - width / 2, top, width, Y(std::min(from, to)) - top);
}

void Plot::Whisker(std::string_view style, size_t column, int64_t low, int64_t high,
                   int64_t beside) {
  const std::string x = Tenths(X(column) + beside);
  fmt::format_to(std::back_inserter(body_),
                 "<line class=\"whisker {}\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>", style, x,
                 x, Tenths(Y(low)), Tenths(Y(high)));
}

void Plot::Dot(std::string_view style, size_t column, int64_t value, int64_t beside) {
  fmt::format_to(std::back_inserter(body_),
                 "<circle class=\"dot {}\" cx=\"{}\" cy=\"{}\" r=\"3\"/>", style,
                 Tenths(X(column) + beside), Tenths(Y(value)));
}

void Plot::Shade(std::string_view style, size_t column, int64_t percent) {
  const auto count = static_cast<int64_t>(std::max<size_t>(columns_, 1));
  const auto at = static_cast<int64_t>(column);
  const int64_t left = kLeft + at * (kRight - kLeft) / count;
  const int64_t right = kLeft + (at + 1) * (kRight - kLeft) / count;
  body_ += fmt::format(
      "<g fill-opacity=\"0.{:02}\">{}</g>", std::clamp<int64_t>(percent, 1, 99),
      Rect(fmt::format("shade {}", style), left, kTop, right - left, frame_.bottom - kTop));
}

void Plot::Mark(std::string_view style, size_t column, int64_t percent, std::string_view words) {
  const int64_t x = X(column), tip = kTop - 130, base = kTop - 40;
  fmt::format_to(std::back_inserter(body_),
                 "<polygon class=\"mark {}\" fill-opacity=\"0.{:02}\" points=\"{},{} {},{} "
                 "{},{}\"><title>{}</title></polygon>",
                 style, std::clamp<int64_t>(percent, 1, 99), Tenths(x), Tenths(tip), Tenths(x - 60),
                 Tenths(base), Tenths(x + 60), Tenths(base), Escape(words));
}

void Plot::Rule(std::string_view style, int64_t value) {
  const int64_t y = Y(value);
  fmt::format_to(std::back_inserter(body_),
                 "<line class=\"rule {}\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>", style,
                 Tenths(kLeft), Tenths(kRight), Tenths(y), Tenths(y));
}

std::string Plot::Svg(std::string_view id, std::string_view title,
                      std::string_view description) && {
  return Open(id, title, description, frame_.height) + body_ + "</svg>";
}

std::string BarChart(std::string_view id, std::string_view title, std::string_view description,
                     std::span<const NamedBar> bars) {
  constexpr int64_t kRow = 260, kNames = 2000, kValues = 1350;
  constexpr size_t kNameBytes = 26;
  int64_t longest = 1;
  for (const NamedBar& bar : bars) longest = std::max(longest, bar.length);
  std::string svg = Open(id, title, description, kRow * static_cast<int64_t>(bars.size()) + 60);
  int64_t y = 40;
  for (const NamedBar& bar : bars) {
    const std::string_view shown = Utf8Prefix(bar.name, kNameBytes);
    svg += Text("name end", kNames - 80, y + 150,
                std::string(shown) + (shown.size() < bar.name.size() ? "…" : ""));
    const Wide width =
        static_cast<Wide>(std::max<int64_t>(bar.length, 0)) * (kWidth - kNames - kValues) / longest;
    const auto length = std::max<int64_t>(static_cast<int64_t>(width), bar.length > 0 ? 15 : 0);
    svg += Rect(bar.style, kNames, y + 20, length, 180);
    svg += Text("name", kNames + length + 80, y + 150, bar.value);
    y += kRow;
  }
  return svg + "</svg>";
}

}  // namespace weir::ledger::html
