// The samples that one worker has under way: after a client has its answer the same request is
// asked at the baseline (or, for a probe, at the cheaper tier), compared, judged where comparing
// does not decide, and written down. Nothing of it is waited for by anybody.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include "chat/request.h"
#include "gateway/core.h"
#include "gateway/own_call.h"
#include "gateway/sample.h"
#include "route/decision.h"

namespace weir::gateway {

class Samples {
 public:
  static constexpr size_t kMostAtOnce = 16;
  static constexpr size_t kLargestBody = 256 << 10;
  static constexpr size_t kLargestStream = 1 << 20;

  explicit Samples(Core& core) : core_(core) {}
  ~Samples();
  Samples(const Samples&) = delete;
  Samples& operator=(const Samples&) = delete;

  // Whether this request is to be one, and what must be kept of it while its views are good;
  // nullptr: it is not. By
  // chance, at the share that who is measured, score and task are worth.
  std::unique_ptr<Sample> Draw(const std::shared_ptr<const Snapshot>& snapshot,
                               const ledger::Record& row, const limits::Key* key,
                               const chat::Request& request, std::string_view body,
                               route::Decision* decision);
  // With `answer` set; after the client has been served.
  void Take(WorkerState& worker, Sample sample);

  size_t running() const { return running_.size(); }
  void CancelAll();

 private:
  struct Running {
    explicit Running(Sample the_sample) : sample(std::move(the_sample)) {}
    Sample sample;
    net::CancelToken cancel;
  };
  using Place = std::list<Running>::iterator;

  double ShareOf(const route::Decision& decision, const route::Measurable& one) const;
  net::Task<void> Run(WorkerState& worker, Place place);
  net::Task<SampleOutcome> Compare(OwnCall& call, const Sample& sample);
  net::Task<SampleOutcome> Judge(OwnCall& call, const Sample& sample, const std::string& routed,
                                 const std::string& baseline);
  static void NoteLengths(const OwnCall& call, const Sample& sample, SampleOutcome* outcome);
  static SampleOutcome Failed(const Error& error);

  Core& core_;
  std::list<Running> running_;
};

}  // namespace weir::gateway
