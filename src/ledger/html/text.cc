#include "ledger/html/text.h"

#include <fmt/format.h>

#include <cstdint>

#include "base/strings.h"
#include "ledger/figures.h"

namespace weir::ledger::html {
namespace {

constexpr std::string_view kUnknown = "\xEF\xBF\xBD";
constexpr std::string_view kMinus = "\xE2\x88\x92";

// Bytes of the UTF-8 sequence at the front of `text`; 0: there is none.
size_t SequenceAt(std::string_view text) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = at(0);
  if (lead < 0x80) return 1;
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  const uint8_t second = at(1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool no_scalar = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
  return overlong || no_scalar ? 0 : size;
}

bool IsControl(std::string_view sequence) {
  const auto lead = static_cast<uint8_t>(sequence[0]);
  if (lead < 0x20 || lead == 0x7f) return true;
  return lead == 0xc2 && static_cast<uint8_t>(sequence[1]) < 0xa0;
}

std::string_view EntityOf(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

std::string WithMinus(std::string text) {
  return text.starts_with('-') ? std::string(kMinus) + text.substr(1) : text;
}

std::string Coloured(bool negative, std::string text) {
  return negative ? "<span class=\"neg\">" + text + "</span>" : text;
}

}  // namespace

std::string Escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t size = SequenceAt(text);
    const std::string_view sequence = text.substr(0, size);
    const std::string_view entity = EntityOf(text[0]);
    out += size == 0 || IsControl(sequence) ? kUnknown : entity.empty() ? sequence : entity;
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

std::string Name(std::string_view text, size_t max_bytes) {
  const std::string_view shown = Utf8Prefix(text, max_bytes);
  return "<bdi>" + Escape(shown) + (shown.size() < text.size() ? "…</bdi>" : "</bdi>");
}

std::string Dollars(NanoUsd amount, int decimals) {
  return WithMinus(UsdRounded(amount, decimals));
}

std::string Signed(NanoUsd amount, int decimals) {
  return Coloured(amount.nano < 0, Dollars(amount, decimals));
}

std::string PlainPercent(int64_t part, int64_t whole) {
  const std::string percent = Percent(part, whole);
  return percent.empty() ? "–" : WithMinus(percent) + " %";
}

std::string SignedPercent(int64_t part, int64_t whole) {
  return Coloured(part < 0 && whole > 0, PlainPercent(part, whole));
}

std::string Range(NanoUsd low, NanoUsd high, int decimals) {
  if (low == high) return Signed(low, decimals);
  return Signed(low, decimals) + " to " + Signed(high, decimals);
}

std::string Interval(const QualityLine& line) {
  if (!line.low || !line.high) return "";
  return fmt::format("{} to {} %", ShareText(*line.low), ShareText(*line.high));
}

std::string_view StateWords(FloorState state) {
  switch (state) {
    case FloorState::kNone:
      break;
    case FloorState::kHolds:
      return "holds";
    case FloorState::kOpen:
      return "not shown yet";
    case FloorState::kBroken:
      return "not held";
  }
  return "–";
}

}  // namespace weir::ledger::html
