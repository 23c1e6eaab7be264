// A chart as inline SVG. Coordinates are integers, tenths of a unit; colours come from classes of
// the page's style.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::ledger::html {

// A step of 1, 2 or 5 times a power of ten, so that about four cover `range`; at least 1.
int64_t NiceStep(int64_t range);
// "$0.25": the decimals that multiples of `step` nano-dollars need.
std::string TickDollars(int64_t value, int64_t step);

// In tenths of a unit.
struct PlotFrame {
  int64_t bottom = 2180;  // of the columns
  int64_t height = 2500;  // of the whole
  int64_t step = 0;       // of the grid, in values; 0: a round one
};

class Plot {
 public:
  // Columns of equal width from left to right; values from `low` to `high` from the bottom up, both
  // moved outwards to whole steps.
  Plot(int64_t low, int64_t high, size_t columns, PlotFrame frame = {});

  int64_t step() const { return step_; }
  size_t columns() const { return columns_; }
  // Lines across at every step, with labels.
  void Grid(std::string (*label)(int64_t value, int64_t step));
  // Names of the first, the middle and the last column.
  void Names(const std::vector<std::string>& names);
  // A value a column.
  void Line(std::string_view style, std::span<const int64_t> values);
  // The same with gaps.
  void Path(std::string_view style, std::span<const std::optional<int64_t>> values);
  // Between two values a column.
  void Band(std::string_view style, std::span<const int64_t> lows, std::span<const int64_t> highs);
  // Between the values and nothing, green above and red below.
  void Balance(std::string_view id, std::span<const int64_t> values);
  void Bar(std::string_view style, size_t column, int64_t from, int64_t to);
  // `beside` the column's middle, in tenths of a unit.
  void Whisker(std::string_view style, size_t column, int64_t low, int64_t high,
               int64_t beside = 0);
  void Dot(std::string_view style, size_t column, int64_t value, int64_t beside = 0);
  // The whole column, so much of the full colour.
  void Shade(std::string_view style, size_t column, int64_t percent);
  // A small triangle above the column, with words of its own.
  void Mark(std::string_view style, size_t column, int64_t percent, std::string_view words);
  // Across at `value`.
  void Rule(std::string_view style, int64_t value);

  std::string Svg(std::string_view id, std::string_view title, std::string_view description) &&;

 private:
  int64_t X(size_t column) const;
  int64_t Y(int64_t value) const;
  std::string Points(std::span<const int64_t> values, bool backwards = false) const;

  const PlotFrame frame_;
  int64_t low_, high_, step_;
  size_t columns_;
  std::string body_;
};

// Horizontal bars with their names and values.
struct NamedBar {
  std::string name;   // plain text
  std::string value;  // likewise
  int64_t length = 0;
  std::string_view style = "spend";
};
std::string BarChart(std::string_view id, std::string_view title, std::string_view description,
                     std::span<const NamedBar> bars);

}  // namespace weir::ledger::html
