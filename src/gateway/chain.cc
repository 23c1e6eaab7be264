#include "gateway/chain.h"

#include "base/ids.h"
#include "base/log.h"
#include "gateway/upstream_error.h"

namespace weir::gateway {
namespace {

constexpr auto kKeyOut = std::chrono::seconds(60);
constexpr auto kDefaultCooling = std::chrono::seconds(1);
constexpr auto kFirstBackoff = std::chrono::milliseconds(100);
constexpr auto kLongestPause = std::chrono::seconds(2);

// Why the plan put another model before the one that tier, rule or pin named.
std::string WhyNotFirst(const route::Decision& decision) {
  if (decision.preferred == catalog::kNoModel || decision.candidates.empty()) return {};
  if (decision.candidates.front().model == decision.preferred) return {};
  for (const route::Rejected& rejected : decision.rejected) {
    if (rejected.model == decision.preferred)
      return std::string(route::RejectionName(rejected.why));
  }
  return "breaker_open";
}

}  // namespace

AttemptChain::AttemptChain(const AttemptInput& input)
    : in_(input), fallback_(WhyNotFirst(input.decision)) {}

net::Task<Result<Answer>> AttemptChain::Run() {
  std::optional<Error> last;
  std::optional<size_t> soonest;
  SteadyTime soonest_at = SteadyTime::max();
  const auto& candidates = in_.decision.candidates;
  for (size_t i = 0; i < candidates.size() && !Exhausted(); ++i) {
    auto target =
        std::make_unique<Target>(ResolveTarget(in_.snapshot, in_.decision, candidates[i]));
    if (!ContextFits(*target)) continue;
    if (!Admit(target.get())) {
      if (fallback_.empty()) fallback_ = "breaker_open";
      if (target->breaker->ready_at() < soonest_at) {
        soonest_at = target->breaker->ready_at();
        soonest = i;
      }
      continue;
    }
    if (!attempts_.empty() && !MayGoOn(*target)) continue;
    Result<Answer> answer = co_await TryTarget(&target);
    if (answer) co_return answer;
    // A dear fallback is no reason to give up a cheaper one behind it, or to hide what failed.
    if (last && answer.error().reason == Reason::kBudgetExceeded) continue;
    last = answer.error();
    if (fallback_.empty()) fallback_ = Traits(last->reason).name;
    if (last->retry() == Retry::kNever) co_return Final(*std::move(last));
  }
  if (attempts_.empty() && soonest) {  // never close the last door: one is asked all the same
    auto target =
        std::make_unique<Target>(ResolveTarget(in_.snapshot, in_.decision, candidates[*soonest]));
    Result<Answer> answer = co_await TryTarget(&target);
    if (answer) co_return answer;
    last = answer.error();
  }
  if (!last) last = MakeError(Reason::kBreakerOpen, "every candidate is resting after failures");
  co_return Final(*std::move(last));
}

bool AttemptChain::ContextFits(const Target& target) const {
  if (too_small_ == 0) return true;
  return target.model != nullptr && target.model->context > too_small_;
}

bool AttemptChain::Exhausted() const {
  const int most = in_.own ? 1 : in_.snapshot.settings.limits.max_attempts;
  return static_cast<int>(attempts_.size()) >= most;
}

// False while the target rests. The half-open probe is reserved for this target.
bool AttemptChain::Admit(Target* target) const {
  if (target->breaker == nullptr) return true;
  Breaker::Gate gate = target->breaker->Ask(in_.worker.clock().Steady());
  target->probe = gate == Breaker::Gate::kProbe;
  return gate != Breaker::Gate::kOpen;
}

// A target that is failing already is only asked again while the budget lasts.
bool AttemptChain::MayGoOn(const Target& target) {
  const bool spent = SpendToken();
  bool clean = target.breaker == nullptr || target.breaker->consecutive_failures() == 0;
  if (!spent && !clean) Abandon(target);
  return spent || clean;
}

bool AttemptChain::SpendToken() {
  if (!in_.worker.core.retry_budget.Spend()) return false;
  ++spent_;
  return true;
}

void AttemptChain::Succeeded(const Target& target, const Answer& answer) {
  // A stream has only begun: its end is the verdict (Exchange).
  if (target.breaker != nullptr && !answer.relay) target.breaker->ReportSuccess();
  for (; spent_ > 0; --spent_) in_.worker.core.retry_budget.Refund();
}

void AttemptChain::Abandon(const Target& target) {
  if (target.probe) target.breaker->ReportAbandoned();
}

net::Task<Result<Answer>> AttemptChain::TryTarget(std::unique_ptr<Target>* target) {
  const Target& to = **target;
  KeyPool& keys = *to.upstream->keys;
  uint64_t tried = 0;
  int retries = 0;
  std::optional<Error> last;
  for (;;) {
    const SteadyTime now = in_.worker.clock().Steady();
    if (now >= in_.deadline.at)
      last = MakeError(in_.deadline.reason, "the route's deadline passed");
    std::optional<size_t> key = keys.Pick(now, tried);
    if (!key || Exhausted() || now >= in_.deadline.at) {
      Abandon(to);
      if (!last) last = MakeError(Reason::kUpstreamAuth, "no key of the provider is usable");
      co_return *std::move(last);
    }
    Result<void> paid = co_await in_.payment.Reserve(to, in_.deadline.at, &in_.cancel);
    if (!paid) {
      Abandon(to);
      co_return paid.error();
    }
    Attempt attempt(in_, to, *key);
    Result<void> asked = co_await attempt.Run();
    if (!asked) co_await in_.payment.SettleFailed(to, attempt.row().cost);
    attempts_.push_back(std::move(attempt.row()));
    if (attempt.refusal()) pass_through_ = std::move(attempt.refusal());
    if (asked) {
      Succeeded(to, attempt.answer());
      attempt.answer().target = std::move(*target);
      co_return std::move(attempt.answer());
    }
    last = asked.error();
    if (in_.own) {
      Abandon(to);
      co_return *std::move(last);
    }
    const bool of_the_key = BlockKey(keys, *key, *last);
    Report(to, *last);
    if (of_the_key) {
      tried |= uint64_t{1} << *key;
      continue;
    }
    const bool again = last->retry() == Retry::kSameTarget && retries < to.provider->retries;
    if (!again || !SpendToken()) co_return *std::move(last);
    bool paused = co_await Pause(retries++, last->retry_after);
    if (in_.cancel.cancelled()) co_return MakeError(Reason::kClientGone, "the client left");
    if (!paused) co_return *std::move(last);
  }
}

// True when the failure is the key's: it is out for a while.
bool AttemptChain::BlockKey(KeyPool& keys, size_t key, const Error& error) const {
  const bool auth = error.reason == Reason::kUpstreamAuth;
  if (!auth && error.reason != Reason::kUpstreamRateLimit) return false;
  auto pause =
      auth ? kKeyOut : std::max<std::chrono::milliseconds>(error.retry_after, kDefaultCooling);
  keys.Block(key, in_.worker.clock().Steady() + pause);
  return true;
}

// Waits before asking the same target again; false when that would take too long or the client
// left.
net::Task<bool> AttemptChain::Pause(int retry, std::chrono::milliseconds asked) {
  std::chrono::milliseconds wait = asked;
  if (wait.count() == 0) {
    auto most = static_cast<uint64_t>(kFirstBackoff.count()) << std::min(retry, 6);
    wait = std::chrono::milliseconds(most / 2 + FastRandom() % (most / 2 + 1));
  }
  SteadyTime until = in_.worker.clock().Steady() + wait;
  if (wait > kLongestPause || until >= in_.deadline.at) co_return false;
  bool slept = co_await net::SleepUntil(in_.worker.worker, until, &in_.cancel);
  co_return slept;
}

void AttemptChain::Report(const Target& target, const Error& error) {
  const SteadyTime now = in_.worker.clock().Steady();
  if (error.reason == Reason::kContextTooLong && target.model != nullptr) {
    too_small_ = std::max(too_small_, std::max<int64_t>(1, target.model->context));
  }
  if (error.reason == Reason::kUpstreamAuth) {
    Log(LogLevel::kWarn, "an upstream refused a key",
        {Field("provider", target.provider->name), Field("error", error.message)});
  }
  if (target.breaker == nullptr) return;
  if (BlamesTarget(error.reason)) {
    target.breaker->ReportFailure(now, target.provider->breaker);
    if (error.retry_after.count() > 0) target.breaker->CoolUntil(now + error.retry_after);
  } else {
    Abandon(target);
    bool rests =
        error.reason == Reason::kUpstreamRateLimit && target.upstream->keys->usable(now) == 0;
    if (rests && error.retry_after.count() > 0) target.breaker->CoolUntil(now + error.retry_after);
  }
}

Error AttemptChain::Final(Error last) const {
  if (attempts_.size() > 1) {
    std::string tried;
    for (const ledger::Attempt& attempt : attempts_) {
      tried += fmt::format("{}{}: {}", tried.empty() ? "" : ", ", attempt.model, attempt.outcome);
    }
    last.message += fmt::format(" (attempts: {})", tried);
  }
  return last;
}

}  // namespace weir::gateway
