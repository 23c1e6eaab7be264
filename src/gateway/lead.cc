#include "gateway/lead.h"

namespace weir::gateway {
namespace {

using config::CacheSettings;

constexpr auto kFinestPace = std::chrono::milliseconds(5);
constexpr size_t kMostPaces = 4'096;

}  // namespace

Lead::Lead(WorkerState& worker, const CacheSettings& settings,
           std::shared_ptr<cache::Flight> flight)
    : worker_(worker),
      cache_(worker.core.cache),
      settings_(settings),
      flight_(std::move(flight)),
      purges_(cache_.purges()),
      began_(worker.worker.clock().Steady()) {}

Lead::~Lead() {
  if (!ended_) Fail({MakeError(Reason::kInternal, "the call was given up"), 0, "", ""});
}

void Lead::Append(std::string_view events) {
  appended_ += events.size();
  flight_->Append(events);
  if (settings_.replay == CacheSettings::Replay::kFast || events.empty()) return;
  const auto after =
      std::chrono::duration_cast<std::chrono::milliseconds>(worker_.worker.clock().Steady() - began_);
  const auto at = static_cast<uint32_t>(after.count());
  const bool again = !pace_.empty() &&
                     (at - pace_.back().at_ms < kFinestPace.count() || pace_.size() == kMostPaces);
  if (again) {
    pace_.back().end = appended_;
  } else {
    pace_.push_back({at, appended_});
  }
}

void Lead::End(bool stored) {
  ended_ = true;
  cache_.flights().Land(*flight_, stored);
}

cache::AnswerPtr Lead::Keep(cache::Answer answer, bool storable) {
  answer.pace = std::move(pace_);
  cache::AnswerPtr kept = flight_->Seal(std::move(answer));
  const bool stored = storable && kept != nullptr && cache_.purges() == purges_;
  if (stored) cache_.memory().Put(flight_->key(), kept, settings_.ttl);
  if (stored && worker_.redis) worker_.redis->Put(flight_->key(), kept, settings_.ttl);
  End(stored);
  flight_->Finish();
  return kept;
}

void Lead::Give(cache::AnswerPtr answer, std::chrono::milliseconds left) {
  const bool stored = cache_.purges() == purges_;
  if (stored) cache_.memory().Put(flight_->key(), answer, std::min(left, settings_.ttl));
  flight_->Seal(std::move(answer));
  End(stored);
  flight_->Finish();
}

void Lead::Fail(cache::Failure failure) {
  End(false);
  flight_->Fail(std::move(failure));
}

bool Lead::Orphan(std::function<void()> abandoned) {
  abandoned_.emplace(worker_.worker, std::move(abandoned));
  return flight_->Orphan(std::make_shared<BellWaker>(*abandoned_));
}

}  // namespace weir::gateway
