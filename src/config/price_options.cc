#include "config/price_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/moment.h"

namespace weir::config {
namespace {

constexpr size_t kMostTerms = 16;

template <class T, auto kMember>
Result<void> ReadRate(Reader& reader, const Node& node, T& target) {
  WEIR_TRY(target.*kMember, reader.PriceOf(node));
  return {};
}

// The rates, and behind them what only T has.
template <class T, class... More>
constexpr auto WithRates(More... more) {
  return std::array<Option<T>, 7 + sizeof...(More)>{
      Option<T>{"input", "USD per million prompt tokens", ReadRate<T, &RateSettings::input>},
      Option<T>{"cached_input",
                "USD per million prompt tokens from the provider's cache; default: input",
                ReadRate<T, &RateSettings::cached_input>},
      Option<T>{"cache_write",
                "USD per million prompt tokens written to that cache; default: input",
                ReadRate<T, &RateSettings::cache_write>},
      Option<T>{"output", "USD per million answer tokens", ReadRate<T, &RateSettings::output>},
      Option<T>{"audio_input", "USD per million prompt tokens of audio; default: input",
                ReadRate<T, &RateSettings::audio_input>},
      Option<T>{"audio_output", "USD per million answer tokens of audio; default: output",
                ReadRate<T, &RateSettings::audio_output>},
      Option<T>{"image_input", "USD per million prompt tokens of images; default: input",
                ReadRate<T, &RateSettings::image_input>},
      more...};
}

Result<void> ReadWindow(Reader& reader, const Node& node, WeekTimes* times) {
  WEIR_TRY(const std::string window, reader.Text(node));
  if (times->Add(window)) return {};
  return reader.Refuse(node,
                       "is not a window of UTC: expected one such as 16:30-00:30, "
                       "mon-fri 01:00-04:00 or sat-sun");
}

Result<void> ReadWindows(Reader& reader, const Node& node, OffPeakSettings& off_peak) {
  if (node.kind != Node::Kind::kSequence) return ReadWindow(reader, node, &off_peak.utc);
  if (node.items.empty()) return reader.At(node.mark, "the list is empty");
  for (const Node& item : node.items) WEIR_CHECK_OK(ReadWindow(reader, item, &off_peak.utc));
  return {};
}

Result<void> ReadFrom(Reader& reader, const Node& node, LaterPriceSettings& later) {
  WEIR_TRY(const std::string day, reader.Text(node));
  later.from = ParseDay(day);
  if (!later.from) return reader.Refuse(node, "is not a date such as 2026-12-01");
  return {};
}

constexpr auto kLongPromptOptions = WithRates<LongPromptSettings>(
    Option<LongPromptSettings>{"tokens", "prompts of more tokens than these cost this, all of them",
                               Set<&Reader::Tokens, &LongPromptSettings::tokens>});
constexpr auto kOffPeakOptions = WithRates<OffPeakSettings>(
    Option<OffPeakSettings>{"utc", "when: [DAYS ]HH:MM-HH:MM or DAYS, one or a list", ReadWindows});
constexpr auto kLaterOptions = WithRates<LaterPriceSettings>(
    Option<LaterPriceSettings>{"from", "the day in UTC from which it holds", ReadFrom});

bool SaysNoRate(const RateSettings& rates) {
  return !rates.input && !rates.cached_input && !rates.cache_write && !rates.output &&
         !rates.audio_input && !rates.audio_output && !rates.image_input;
}

// One, or a list of them. `key` is what each of them must have besides a price.
template <class T>
Result<void> ReadTerms(Reader& reader, const Node& node, std::string_view key,
                       std::span<const Option<T>> options, std::vector<T>* terms) {
  const bool several = node.kind == Node::Kind::kSequence;
  const std::span<const Node> items = several ? std::span(node.items) : std::span(&node, 1);
  if (items.empty()) return reader.At(node.mark, "the list is empty");
  if (items.size() > kMostTerms) return reader.At(node.mark, "more than 16 of them");
  for (const Node& item : items) {
    T read;
    WEIR_CHECK_OK(ReadSection<T>(reader, item, options, read));
    if (item.FindKey(key) == nullptr) return reader.At(item.mark, fmt::format("needs `{}`", key));
    if (SaysNoRate(read)) return reader.At(item.mark, "says no price");
    terms->push_back(std::move(read));
  }
  return {};
}

Result<void> ReadAbove(Reader& reader, const Node& node, PriceSettings& price) {
  WEIR_CHECK_OK(
      ReadTerms<LongPromptSettings>(reader, node, "tokens", kLongPromptOptions, &price.above));
  std::ranges::sort(price.above, {}, &LongPromptSettings::tokens);
  const auto twice = std::ranges::adjacent_find(price.above, {}, &LongPromptSettings::tokens);
  if (twice == price.above.end()) return {};
  return reader.At(node.mark, fmt::format("{} tokens are given twice", twice->tokens));
}

Result<void> ReadOffPeak(Reader& reader, const Node& node, PriceSettings& price) {
  WEIR_CHECK_OK(ReadTerms<OffPeakSettings>(reader, node, "utc", kOffPeakOptions, &price.off_peak));
  const auto& terms = price.off_peak;
  for (size_t i = 0; i < terms.size(); ++i) {
    for (size_t j = i + 1; j < terms.size(); ++j) {
      if (!terms[i].utc.Overlaps(terms[j].utc)) continue;
      return reader.At(node.mark, fmt::format("\"{}\" and \"{}\" overlap", terms[i].utc.text(),
                                              terms[j].utc.text()));
    }
  }
  return {};
}

Result<void> ReadLater(Reader& reader, const Node& node, PriceSettings& price) {
  WEIR_CHECK_OK(ReadTerms<LaterPriceSettings>(reader, node, "from", kLaterOptions, &price.later));
  std::ranges::sort(price.later, {}, &LaterPriceSettings::from);
  if (std::ranges::adjacent_find(price.later, {}, &LaterPriceSettings::from) == price.later.end()) {
    return {};
  }
  return reader.At(node.mark, "a day is given twice");
}

constexpr auto kPriceOptions = WithRates<PriceSettings>(
    Option<PriceSettings>{"above", "what a long prompt costs; one or a list", ReadAbove},
    Option<PriceSettings>{"off_peak", "what it costs at some times; one or a list", ReadOffPeak},
    Option<PriceSettings>{"later", "what it costs from a day on; one or a list", ReadLater});

// What a long prompt costs off peak would have to be guessed.
Result<void> CheckTerms(Reader& reader, const Node& node) {
  const Name* first = nullptr;
  for (const Name& key : node.keys) {
    if (key.text != "above" && key.text != "off_peak" && key.text != "later") continue;
    if (first != nullptr) {
      return reader.At(key.mark, fmt::format("`{}` and `{}` in one price are not built yet",
                                             first->text, key.text));
    }
    first = &key;
  }
  return {};
}

}  // namespace

Result<PriceSettings> ReadPriceSettings(Reader& reader, const Node& node) {
  PriceSettings price;
  WEIR_CHECK_OK(ReadSection<PriceSettings>(reader, node, kPriceOptions, price));
  if (!price.input || !price.output) {
    return reader.At(node.mark, fmt::format("a price needs input and output: `{}` is missing",
                                            price.input ? "output" : "input"));
  }
  WEIR_CHECK_OK(CheckTerms(reader, node));
  return price;
}

void AppendPriceDocs(std::string_view prefix, std::vector<OptionDoc>* docs) {
  const std::string path(prefix);
  AppendDocs<PriceSettings>(path, kPriceOptions, docs);
  AppendDocs<LongPromptSettings>(path + "above.", kLongPromptOptions, docs);
  AppendDocs<OffPeakSettings>(path + "off_peak.", kOffPeakOptions, docs);
  AppendDocs<LaterPriceSettings>(path + "later.", kLaterOptions, docs);
}

}  // namespace weir::config
