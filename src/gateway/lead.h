// The leader's side of a shared upstream call: what its client gets is recorded for those who
// follow and for the answer cache.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "config/settings.h"
#include "gateway/core.h"
#include "net/doorbell.h"

namespace weir::gateway {

class Lead {
 public:
  // `flight` is one that the caller leads, or one that nobody can join.
  Lead(WorkerState& worker, const config::CacheSettings& settings,
       std::shared_ptr<cache::Flight> flight);
  // Followers of a call that has neither been kept nor failed are told that it failed.
  ~Lead();
  Lead(const Lead&) = delete;
  Lead& operator=(const Lead&) = delete;

  const cache::Key& key() const { return *flight_->key(); }
  // Streams: who answers, before the first Append().
  void Began(cache::Origin origin) { flight_->Began(std::move(origin)); }
  void Append(std::string_view events);
  // The answer is whole: stored when `storable`, and given to the followers. What is returned holds
  // the body of a plain answer; nullptr for a stream that was too long to keep.
  cache::AnswerPtr Keep(cache::Answer answer, bool storable);
  // The same for an answer that came from another store and is good for `left`.
  void Give(cache::AnswerPtr answer, std::chrono::milliseconds left);
  void Fail(cache::Failure failure);

  bool followed() const { return flight_->followed(); }
  // The client has left. True when others follow: the call goes on, and `abandoned` runs when the
  // last of them has left too.
  bool Orphan(std::function<void()> abandoned);

 private:
  void End(bool stored);

  WorkerState& worker_;
  cache::AnswerCache& cache_;
  const config::CacheSettings& settings_;
  const std::shared_ptr<cache::Flight> flight_;
  const uint64_t purges_;  // before this call began
  const SteadyTime began_;
  std::vector<cache::Pace> pace_;
  uint64_t appended_ = 0;
  std::optional<net::Doorbell> abandoned_;
  bool ended_ = false;
};

// Wakes a follower, or an orphaned leader, on its own worker.
class BellWaker final : public cache::Waker {
 public:
  explicit BellWaker(const net::Doorbell& bell) : button_(bell.button()) {}
  void Wake() override { net::Doorbell::Press(*button_); }

 private:
  const std::shared_ptr<net::Doorbell::Button> button_;
};

}  // namespace weir::gateway
