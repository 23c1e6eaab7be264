// A request that is to be asked again, and what comes of it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/snapshot.h"
#include "ledger/record.h"
#include "quality/monitor.h"
#include "quality/verdict.h"

namespace weir::gateway {

// What is kept of the request: the client's own texts, for as long as the comparison takes.
struct Sample {
  std::shared_ptr<const Snapshot> snapshot;
  RequestId parent;
  WallMicros time = 0;
  catalog::RouteId route = 0;
  int measured = 0;    // of the route's quality: who is judged
  uint32_t scale = 0;  // of its score: quality::Evidence
  bool probe = false;  // another answered the client, and this one is asked besides
  double share = 1;    // of such requests, that are sampled
  double alone = 1;    // the same, were there nothing else that they could measure
  bool own = true;     // quality::Judged
  std::string task, language, key, team, experiment, arm;
  int64_t unit = 0;  // of the experiment
  double score = 0, chance = 0, baseline_chance = 0;
  std::string body;      // of the request, without its stream
  std::string question;  // the last user message
  catalog::ModelId answered = catalog::kNoModel;
  std::string stream;  // what a client's stream was, until it has ended
  std::string answer;  // the client's, as text
  int64_t answer_tokens = 0;
  bool quotable = true;      // the judge's sentence may be kept, which may repeat words of theirs
  bool keeps_words = false;  // of the request and both answers, in the row
};

struct SampleOutcome {
  std::optional<quality::Verdict> verdict;  // nullopt: none could be had
  std::optional<std::pair<quality::Judgement, quality::Judgement>> both;
  int64_t given_tokens = 0, baseline_tokens = 0;  // of both answers; 0: not known
  std::string_view failure;                       // why not; empty: the judge gave none
  std::string routed, baseline;  // the answers compared; empty: there were not both
};

const catalog::Measured& MeasuredOf(const Sample& sample);
// quality::Judged::clients.
double ClientsOf(const Sample& sample);

// Its row in the ledger, without the attempts; and what a row of that kind taught, after a restart
// too. nullopt for other rows, and for samples without a verdict.
ledger::Record RowOf(const Sample& sample, const SampleOutcome& outcome, const RequestId& id);
std::optional<quality::Evidence> EvidenceOf(const ledger::Record& row);

}  // namespace weir::gateway
