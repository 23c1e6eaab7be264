// The attempts of one request: down the fallback chain under one deadline, one bound on attempts
// and one retry budget, until one succeeds. For a stream success is the first content event.
#pragma once

#include <memory>
#include <string>

#include "gateway/attempt.h"

namespace weir::gateway {

class AttemptChain {
 public:
  explicit AttemptChain(const AttemptInput& input);

  net::Task<Result<Answer>> Run();

  ShelvedVector<ledger::Attempt>& attempts() { return attempts_; }
  const ShelvedVector<ledger::Attempt>& attempts() const { return attempts_; }
  // Why the first candidate did not answer, or empty.
  const std::string& fallback() const { return fallback_; }
  const std::optional<PassThrough>& pass_through() const { return pass_through_; }

 private:
  net::Task<Result<Answer>> TryTarget(std::unique_ptr<Target>* target);
  net::Task<bool> Pause(int retry, std::chrono::milliseconds asked);
  bool Exhausted() const;
  bool Admit(Target* target) const;
  bool MayGoOn(const Target& target);
  bool SpendToken();
  bool BlockKey(KeyPool& keys, size_t key, const Error& error) const;
  static void Abandon(const Target& target);
  void Succeeded(const Target& target, const Answer& answer);
  bool ContextFits(const Target& target) const;
  void Report(const Target& target, const Error& error);
  Error Final(Error last) const;

  AttemptInput in_;
  ShelvedVector<ledger::Attempt> attempts_;
  std::string fallback_;
  std::optional<PassThrough> pass_through_;
  int spent_ = 0;          // tokens of the retry budget, given back on success
  int64_t too_small_ = 0;  // the largest window that was said to be too small
};

}  // namespace weir::gateway
