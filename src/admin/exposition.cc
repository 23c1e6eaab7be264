#include "admin/exposition.h"

#include <fmt/format.h>

#include <cmath>

#include "base/strings.h"

namespace weir::admin {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

enum class Text : uint8_t { kLabel, kHelp };

// The bytes of the UTF-8 character that `text` starts with, 0 when there is none.
size_t CharacterSize(std::string_view text) {
  auto lead = static_cast<uint8_t>(text.front());
  size_t size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xc0) != 0x80) return 0;
  }
  if (size < 3) return size;
  auto second = static_cast<uint8_t>(text[1]);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool surrogate = lead == 0xed && second >= 0xa0;
  const bool beyond = lead == 0xf4 && second >= 0x90;
  return overlong || surrogate || beyond ? 0 : size;
}

void AppendEscaped(std::string* out, std::string_view text, Text kind) {
  while (!text.empty()) {
    size_t size = CharacterSize(text);
    const char c = text.front();
    if (c == '\n') {
      *out += "\\n";
    } else if (c == '\\') {
      *out += "\\\\";
    } else if (c == '"' && kind == Text::kLabel) {
      *out += "\\\"";
    } else if (size == 0 || (size == 1 && (static_cast<uint8_t>(c) < 0x20 || c == 0x7f))) {
      *out += kReplacement;
    } else {
      *out += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
}

void AppendName(std::string* out, std::string_view name, bool colon) {
  auto fits = [colon](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (colon && c == ':');
  };
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) *out += '_';
  for (char c : name) *out += fits(c) ? c : '_';
}

void AppendValue(std::string* out, double value) {
  if (std::isnan(value)) {
    *out += "NaN";
  } else if (std::isinf(value)) {
    *out += value > 0 ? "+Inf" : "-Inf";
  } else {
    fmt::format_to(std::back_inserter(*out), "{}", value);
  }
}

std::string SampleLine(std::string_view family, const Sample& sample) {
  std::string line;
  AppendName(&line, family, true);
  line += sample.suffix;
  for (size_t i = 0; i < sample.labels.size(); ++i) {
    line += i == 0 ? '{' : ',';
    AppendName(&line, sample.labels[i].first, false);
    line += "=\"";
    AppendEscaped(&line, sample.labels[i].second, Text::kLabel);
    line += '"';
  }
  line += sample.labels.empty() ? " " : "} ";
  AppendValue(&line, sample.value);
  line += '\n';
  return line;
}

std::string FamilyHead(const MetricFamily& family) {
  std::string head = "# HELP ";
  AppendName(&head, family.name, true);
  head += ' ';
  AppendEscaped(&head, family.help, Text::kHelp);
  head += "\n# TYPE ";
  AppendName(&head, family.name, true);
  head += fmt::format(" {}\n", family.type);
  return head;
}

// False when `line` does not fit any more.
bool AppendWithin(std::string* out, std::string_view line, size_t max_bytes) {
  if (out->size() + line.size() > max_bytes) return false;
  *out += line;
  return true;
}

bool AppendFamily(std::string* out, const MetricFamily& family, size_t max_bytes) {
  if (!AppendWithin(out, FamilyHead(family), max_bytes)) return false;
  for (const Sample& sample : family.samples) {
    if (!AppendWithin(out, SampleLine(family.name, sample), max_bytes)) return false;
  }
  return true;
}

}  // namespace

std::string WriteExposition(std::span<const MetricFamily> families, size_t max_bytes) {
  std::string text;
  bool whole = true;
  for (const MetricFamily& family : families) {
    whole = whole && AppendFamily(&text, family, max_bytes);
  }
  MetricFamily truncated{"weir_metrics_truncated",
                         "1 when this page was cut at its size limit.",
                         "gauge",
                         {{{}, whole ? 0.0 : 1.0, {}}}};
  return text + FamilyHead(truncated) + SampleLine(truncated.name, truncated.samples.front());
}

}  // namespace weir::admin
