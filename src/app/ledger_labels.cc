#include "app/ledger_labels.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/kept_words.h"
#include "json/scan.h"
#include "ledger/each_row.h"

namespace weir::app {
namespace {

class Collector {
 public:
  Collector(ledger::Reader& reader, WallMicros since) : reader_(reader), since_(since) {}

  Result<LedgerLabels> Collect() {
    WEIR_CHECK_OK(Each(ledger::kSample, &Collector::TakeSample));
    WEIR_CHECK_OK(Each(ledger::kFeedback, &Collector::TakeRating));
    std::ranges::reverse(labels_.examples);
    return std::move(labels_);
  }

 private:
  using Take = Result<void> (Collector::*)(const ledger::Record& row);

  Result<void> Each(std::string_view kind, Take take) {
    ledger::DecisionFilter filter;
    filter.kind = kind;
    filter.since = since_;
    return ledger::EachRow(reader_, filter, [&](const ledger::Record& row) -> Result<bool> {
      WEIR_CHECK_OK((this->*take)(row));
      return true;
    });
  }

  Result<void> TakeSample(const ledger::Record& row) {
    words_.Note(row);
    if (row.verdict.empty()) return {};
    ++labels_.verdicts;
    learn::Example example;
    example.outcome = learn::Outcome{};
    example.outcome->weak_score = row.verdict == "loss" ? 0 : 1;
    example.outcome->strong_score = 1;
    example.weak_model = row.model;
    example.strong_model = row.baseline;
    WEIR_TRY(const std::optional<ledger::Bodies> said, reader_.FindBodies(row.id));
    Add(row.id, said, std::move(example));
    return {};
  }

  Result<void> TakeRating(const ledger::Record& row) {
    ++labels_.ratings;
    const auto parent = ParseRequestId(row.parent);
    std::optional<ledger::Record> rated;
    std::optional<ledger::Bodies> said;
    if (parent) {
      WEIR_TRY(rated, reader_.Find(*parent));
      WEIR_TRY(said, words_.Of(*parent));
    }
    learn::Example example;
    example.verdict = (std::clamp(row.rating, -1.0, 1.0) + 1) / 2;
    if (rated) example.model = rated->model;
    Add(row.id, rated ? said : std::nullopt, std::move(example));
    return {};
  }

  void Add(const RequestId& id, const std::optional<ledger::Bodies>& said, learn::Example example) {
    if (!said || said->request.empty()) {
      ++labels_.textless;
      return;
    }
    if (ledger::IsCut(said->request)) {
      ++labels_.cut;
      return;
    }
    example.id = id.ToString();
    example.source = "ledger";
    example.body.reserve(said->request.size() + json::kPadding);
    example.body = said->request;
    if (!learn::RequestOf(example, parser_)) {
      ++labels_.unreadable;
      return;
    }
    labels_.examples.push_back(std::move(example));
  }

  ledger::Reader& reader_;
  const WallMicros since_;
  chat::RequestParser parser_;
  KeptWords words_{reader_};
  LedgerLabels labels_;
};

}  // namespace

Result<LedgerLabels> LabelsOf(ledger::Reader& reader, WallMicros since) {
  return Collector(reader, since).Collect();
}

std::string LedgerLabels::Text() const {
  return fmt::format(
      "ledger: {} verdicts and {} ratings; {} with their whole text, {} without, {} cut, {} no "
      "chat\n",
      verdicts, ratings, examples.size(), textless, cut, unreadable);
}

}  // namespace weir::app
