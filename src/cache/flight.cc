#include "cache/flight.h"

namespace weir::cache {
namespace {

constexpr size_t kMostAtOnce = 256 << 10;

}  // namespace

Flight::Flight(std::shared_ptr<const Key> key, Recordings& recordings)
    : key_(std::move(key)), recordings_(recordings) {}

Flight::~Flight() {
  Count(0);
}

void Flight::Count(size_t bytes) {
  recordings_.bytes.fetch_add(bytes - counted_, std::memory_order_relaxed);
  counted_ = bytes;
}

void Flight::WakeAll() {
  for (Follower* follower : followers_) {
    if (std::exchange(follower->armed_, false)) follower->waker_->Wake();
  }
}

void Flight::Began(Origin origin) {
  std::lock_guard lock(mutex_);
  origin_ = std::move(origin);
}

// Bytes from begin_ on.
std::string_view Flight::Recorded() const {
  return recorded_in_answer_ ? std::string_view(answer_->body) : std::string_view(recording_);
}

void Flight::Forget(size_t keep) {
  if (recording_.size() <= keep) return;
  begin_ += recording_.size() - keep;
  recording_.erase(0, recording_.size() - keep);
}

bool Flight::Append(std::string_view bytes) {
  std::lock_guard lock(mutex_);
  recording_ += bytes;
  if (!forgetting_) {
    Count(recording_.size());
    const uint64_t all = recordings_.bytes.load(std::memory_order_relaxed);
    forgetting_ = recording_.size() > recordings_.most_each || all > recordings_.limit;
  }
  if (forgetting_) {
    // Twice the window, so that not every event moves it.
    if (followers_.empty()) {
      Forget(0);
    } else if (recording_.size() > 2 * kWindow) {
      Forget(kWindow);
    }
    if (recording_.capacity() > 4 * kWindow) recording_.shrink_to_fit();
    Count(recording_.size());
  }
  WakeAll();
  return !forgetting_;
}

AnswerPtr Flight::Seal(Answer answer) {
  std::lock_guard lock(mutex_);
  origin_ = answer.origin;
  const bool streamed = answer.body.empty();
  if (streamed && !forgetting_) {
    answer.body = std::move(recording_);
    answer.body.shrink_to_fit();
    recorded_in_answer_ = true;
  }
  answer_ = std::make_shared<const Answer>(std::move(answer));
  return streamed && forgetting_ ? nullptr : answer_;
}

void Flight::Seal(AnswerPtr answer) {
  std::lock_guard lock(mutex_);
  origin_ = answer->origin;
  answer_ = std::move(answer);
  recorded_in_answer_ = true;
}

void Flight::Finish() {
  std::lock_guard lock(mutex_);
  done_ = true;
  WakeAll();
}

void Flight::Fail(Failure failure) {
  std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
  WakeAll();
}

bool Flight::Orphan(std::shared_ptr<Waker> abandoned) {
  std::lock_guard lock(mutex_);
  if (followers_.empty()) return false;
  abandoned_ = std::move(abandoned);
  return true;
}

bool Flight::followed() const {
  std::lock_guard lock(mutex_);
  return !followers_.empty();
}

Follower::Follower(std::shared_ptr<Flight> flight, std::shared_ptr<Waker> waker)
    : flight_(std::move(flight)), waker_(std::move(waker)) {
  std::lock_guard lock(flight_->mutex_);
  place_ = flight_->followers_.insert(flight_->followers_.end(), this);
}

Follower::~Follower() {
  std::lock_guard lock(flight_->mutex_);
  flight_->followers_.erase(place_);
  if (flight_->followers_.empty() && flight_->abandoned_) flight_->abandoned_->Wake();
}

Follower::State Follower::Take(std::string* events) {
  std::lock_guard lock(flight_->mutex_);
  if (!origin_) origin_ = flight_->origin_;
  const std::string_view recorded = flight_->Recorded();
  if (position_ < flight_->begin_) return State::kLost;
  const std::string_view fresh =
      recorded.substr(position_ - flight_->begin_).substr(0, kMostAtOnce);
  events->append(fresh);
  position_ += fresh.size();
  if (position_ < flight_->begin_ + recorded.size()) return State::kMore;
  const State state = Settled();
  if (state != State::kNothing) return state;
  if (!fresh.empty()) return State::kMore;
  armed_ = true;
  return state;
}

Follower::State Follower::Settled() {
  if (flight_->done_) {
    answer_ = flight_->answer_;
    return State::kDone;
  }
  if (!flight_->failure_) return State::kNothing;
  failure_ = flight_->failure_;
  return State::kFailed;
}

}  // namespace weir::cache
