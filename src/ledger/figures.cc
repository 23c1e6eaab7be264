#include "ledger/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/strings.h"

namespace weir::ledger {
namespace {

__extension__ using Wide = __int128;

uint64_t Magnitude(int64_t number) {
  return number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
}

std::string GroupedMagnitude(uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

// Half away from zero.
Wide DivideRounded(Wide dividend, Wide divisor) {
  Wide half = divisor / 2;
  return (dividend < 0 ? dividend - half : dividend + half) / divisor;
}

}  // namespace

std::string Grouped(int64_t number) {
  return (number < 0 ? "-" : "") + GroupedMagnitude(Magnitude(number));
}

std::string Percent(int64_t part, int64_t whole) {
  if (whole <= 0) return "";
  auto permille = static_cast<int64_t>(DivideRounded(static_cast<Wide>(part) * 1000, whole));
  uint64_t magnitude = Magnitude(permille);
  return fmt::format("{}{}.{}", permille < 0 ? "-" : "", magnitude / 10, magnitude % 10);
}

std::string UsdRounded(NanoUsd amount, int decimals) {
  uint64_t unit = 1;
  uint64_t below = 1'000'000'000;
  for (int i = 0; i < decimals; ++i, below /= 10) unit *= 10;
  uint64_t rounded = (Magnitude(amount.nano) + below / 2) / below;
  std::string text =
      (amount.nano < 0 && rounded > 0 ? "-$" : "$") + GroupedMagnitude(rounded / unit);
  return decimals == 0 ? text : fmt::format("{}.{:0{}}", text, rounded % unit, decimals);
}

std::string Latency(int64_t micros) {
  if (micros < 0) return "-";
  if (micros < 999'500) return fmt::format("{} ms", (micros + 500) / 1000);
  int64_t tenths = (micros + 50'000) / 100'000;
  return fmt::format("{}.{} s", tenths / 10, tenths % 10);
}

std::string Printable(std::string_view text, size_t max_bytes) {
  std::string out(Utf8Prefix(text, max_bytes));
  for (char& c : out) {
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out.size() < text.size() ? out + "…" : out;
}

std::string CheckingShare(const ReportLine& total) {
  const int64_t checking = total.shadow.nano + total.judge.nano;
  return checking == 0 ? "" : Percent(checking, total.saved().nano + checking);
}

int DecimalsFor(const ReportLine& total) {
  constexpr int64_t kNanoPerUsd = 1'000'000'000;
  const int64_t largest = std::max(total.spent.nano, total.baseline.nano);
  if (largest >= 100 * kNanoPerUsd) return 2;
  return largest >= kNanoPerUsd ? 4 : 6;
}

std::string ShareText(double share) {
  // A bound is not made to look better than it is; 1e-9 is what the product itself may lack.
  auto permille = static_cast<int64_t>(std::floor(share * 1000 + 1e-9));
  return fmt::format("{}.{}", permille / 10, permille % 10);
}

std::string LossText(double loss) {
  return Percent(std::llround(loss * 1e6), 1'000'000);
}

std::string_view StateName(FloorState state) {
  switch (state) {
    case FloorState::kNone:
      break;
    case FloorState::kHolds:
      return "holds";
    case FloorState::kOpen:
      return "open";
    case FloorState::kBroken:
      return "broken";
  }
  return "";
}

}  // namespace weir::ledger
