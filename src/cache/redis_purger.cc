#include "cache/redis_purger.h"

#include <utility>

#include "base/log.h"
#include "cache/redis_key.h"

namespace weir::cache {
namespace {

using Kind = net::RedisReply::Kind;

constexpr std::string_view kStart = "0";  // and the end
constexpr std::string_view kNamesAtOnce = "256";
constexpr int kMostRefusals = 3;
constexpr size_t kMostWaiting = 64;

}  // namespace

RedisPurger::RedisPurger(net::RedisClient& client, std::shared_ptr<RedisShared> shared)
    : client_(client),
      shared_(std::move(shared)),
      call_([](net::RedisCall* call) { static_cast<RedisPurger*>(call->owner)->OnDone(); }, this) {}

void RedisPurger::Start(const Selection& selection) {
  if (waiting_.size() < kMostWaiting) {
    waiting_.push_back({shared_->purges_.Begin(selection), RedisPatternOf(selection)});
  } else {
    // So many at a time: the last one takes everything away.
    shared_->purges_.Finish(waiting_.back().id);
    waiting_.back() = {shared_->purges_.Begin({}), RedisPatternOf({})};
  }
  if (step_ == Step::kIdle) OnReady();
}

void RedisPurger::OnReady() {
  cursor_ = kStart;
  if (!waiting_.empty()) Scan();
}

void RedisPurger::Scan() {
  const bool sent = client_.Send(
      {{"SCAN", cursor_, "MATCH", waiting_.front().pattern, "COUNT", kNamesAtOnce}, Kind::kList},
      &call_);
  step_ = sent ? Step::kScanning : Step::kIdle;
}

void RedisPurger::OnDone() {
  const Step step = std::exchange(step_, Step::kIdle);
  if (call_.end != net::RedisEnd::kAnswered) return;  // until OnReady()
  if (call_.reply.kind == Kind::kError) return GiveUpAtLast(call_.reply.text);
  if (step == Step::kScanning) return OnNames(std::move(call_.reply.items));
  shared_->counters_.purged.fetch_add(static_cast<uint64_t>(call_.reply.integer),
                                      std::memory_order_relaxed);
  Next();
}

void RedisPurger::OnNames(std::vector<net::RedisReply> scanned) {
  if (scanned.size() != 2 || scanned[0].kind != Kind::kBytes || scanned[1].kind != Kind::kList) {
    client_.Distrust("what it answers to SCAN is not its answer");
    return GiveUpAtLast("no answer to SCAN");
  }
  cursor_ = std::move(scanned[0].text);
  const std::vector<net::RedisReply>& names = scanned[1].items;
  if (names.empty()) return Next();
  std::vector<std::string_view> words = {"UNLINK"};
  for (const net::RedisReply& name : names) words.emplace_back(name.text);
  if (client_.Send({words, Kind::kInteger}, &call_)) step_ = Step::kUnlinking;
}

void RedisPurger::Next() {
  if (cursor_ != kStart) return Scan();
  shared_->purges_.Finish(waiting_.front().id);
  waiting_.pop_front();
  OnReady();
}

// A user who may not scan, for instance: the same again would be refused again. What the purge
// holds stays hidden from this process.
void RedisPurger::GiveUpAtLast(std::string_view why) {
  if (++waiting_.front().refusals >= kMostRefusals) {
    Log(LogLevel::kError, "redis refuses a purge; what it holds is still there, and not given here",
        {Field("why", why)});
    waiting_.pop_front();
  }
  OnReady();
}

}  // namespace weir::cache
