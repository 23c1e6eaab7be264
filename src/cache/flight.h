// One upstream call that several equal requests wait for: its leader makes it and records what
// comes, its followers read the recording from the beginning, however late they join. Thread-safe.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "cache/answer.h"
#include "cache/key.h"

namespace weir::cache {

// Memory of all recordings of a process.
struct Recordings {
  uint64_t limit = 64 << 20;
  uint64_t most_each = 4 << 20;
  std::atomic<uint64_t> bytes{0};
};

// Why a call gave no answer, and what its client was told.
struct Failure {
  Error error;
  int status = 0;  // not 0: an upstream's own refusal, which goes back as it is
  std::string content_type, body;
};

// Tells somebody on another thread to look again. Called under a lock: posts, and does no more.
class Waker {
 public:
  virtual ~Waker() = default;
  virtual void Wake() = 0;
};

class Follower;

class Flight {
 public:
  Flight(std::shared_ptr<const Key> key, Recordings& recordings);
  ~Flight();
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;
  const std::shared_ptr<const Key>& key() const { return key_; }

  // The leader's side. Streams: Began(), Append()…, then as for plain answers Seal() and Finish(),
  // or Fail() at any time.
  void Began(Origin origin);
  // False once the recording is too long: it is forgotten but for the last `kWindow` bytes, which
  // followers that keep up still get. Nobody may join from then on.
  bool Append(std::string_view bytes);
  // The whole answer; its body is the recording unless it has one. nullptr when that is forgotten.
  AnswerPtr Seal(Answer answer);
  // The same for a whole answer that is at hand, when nothing was recorded.
  void Seal(AnswerPtr answer);
  void Finish();
  void Fail(Failure failure);
  // The leader's client has left. True when somebody still follows; `abandoned` is woken when the
  // last of them leaves too.
  bool Orphan(std::shared_ptr<Waker> abandoned);
  bool followed() const;

 private:
  friend class Follower;
  static constexpr size_t kWindow = 256 << 10;

  std::string_view Recorded() const;
  void Forget(size_t keep);
  void Count(size_t bytes);
  void WakeAll();

  const std::shared_ptr<const Key> key_;
  Recordings& recordings_;
  mutable std::mutex mutex_;
  std::list<Follower*> followers_;
  std::shared_ptr<Waker> abandoned_;
  std::optional<Origin> origin_;
  std::string recording_;  // until Seal() moves it into answer_
  uint64_t begin_ = 0;     // bytes forgotten before it
  size_t counted_ = 0;     // in recordings_
  bool forgetting_ = false;
  bool recorded_in_answer_ = false;
  AnswerPtr answer_;
  std::optional<Failure> failure_;
  bool done_ = false;
};

// One request that waits for a flight; used on its own thread. The waker is woken once for each
// Take() that had nothing.
class Follower {
 public:
  Follower(std::shared_ptr<Flight> flight, std::shared_ptr<Waker> waker);
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  enum class State : uint8_t {
    kNothing,  // the waker will tell
    kMore,     // here is something, ask again
    kDone,     // here is the rest; answer() is set
    kFailed,   // failure() is set, and here is what came before
    kLost,     // the reader was too slow for a long recording
  };
  // Appends what has come since the last Take() to `events`, bounded.
  State Take(std::string* events);
  const std::optional<Origin>& origin() const { return origin_; }  // once anything has come
  const AnswerPtr& answer() const { return answer_; }
  const Failure& failure() const { return *failure_; }

 private:
  friend class Flight;
  State Settled();

  const std::shared_ptr<Flight> flight_;
  const std::shared_ptr<Waker> waker_;
  std::list<Follower*>::iterator place_;
  bool armed_ = false;
  uint64_t position_ = 0;
  std::optional<Origin> origin_;
  AnswerPtr answer_;
  std::optional<Failure> failure_;
};

}  // namespace weir::cache
