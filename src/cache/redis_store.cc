#include "cache/redis_store.h"

#include <fmt/format.h>

#include "cache/redis_key.h"
#include "cache/stored_answer.h"

namespace weir::cache {
namespace {

using Kind = net::RedisReply::Kind;

// The head of a stored answer has at most 4 texts of 1,000 bytes, 4,096 paces of 12, some numbers.
constexpr size_t kMostValue = RedisStore::kMostBody + (56 << 10);
static_assert(kMostValue < net::RedisLimits().most_answer);

void Add(std::atomic<uint64_t>* counter) {
  counter->fetch_add(1, std::memory_order_relaxed);
}

// One byte more than a value may have, so that a longer one shows. Not GET: a server must not be
// able to send what is not wanted.
net::RedisCommand Get(const RedisKey& key) {
  return {{"GETRANGE", key.name, "0", fmt::format("{}", kMostValue)}, Kind::kBytes};
}

}  // namespace

RedisStore::RedisStore(net::Worker& worker, net::UpstreamPool& pool,
                       std::shared_ptr<RedisShared> shared)
    : shared_(std::move(shared)),
      client_(worker, pool, {shared_->target_, {}, {}}, {shared_->traffic_, shared_->outage_},
              [this] { purger_.OnReady(); }),
      purger_(client_, shared_) {}

net::Task<Found> RedisStore::Find(KeyView key) {
  if (!client_.ready() || key.bytes.size() > kMostRequest) {
    Add(&shared_->counters_.unasked);
    co_return Found();
  }
  const std::shared_ptr<const Key> kept = Keep(key);
  const RedisKey place = RedisKeyOf(*kept);
  const net::RedisAnswer got = co_await client_.Ask(Get(place));
  co_return Judge(*kept, place.digest, got);
}

Found RedisStore::Judge(const Key& key, const Sha256Digest& digest, const net::RedisAnswer& got) {
  RedisShared::Counters& counters = shared_->counters_;
  if (got.end == net::RedisEnd::kNotSent) Add(&counters.unasked);
  const bool wrong_type = got.Is(Kind::kError) && got.reply.code() == "WRONGTYPE";
  if (wrong_type) Add(&counters.corrupt);
  if (!got.Is(Kind::kBytes)) return {};
  if (got.reply.text.empty()) {
    Add(&counters.misses);
    return {};
  }
  StoredAnswer stored;
  const Decoded decoded = DecodeAnswer(got.reply.text, digest, &stored);
  if (decoded != Decoded::kGood || got.reply.text.size() > kMostValue) {
    Add(&counters.corrupt);
    // Nobody stores an answer under another's name: this one was another command's.
    if (decoded == Decoded::kOtherKey) client_.Distrust("it sent the answer to another request");
    return {};
  }
  const std::chrono::milliseconds left = stored.left(shared_->clock_.Wall());
  const bool usable = left.count() > 0 && !shared_->purges_.Hides(key, stored.written);
  Add(usable ? &counters.hits : &counters.misses);
  return usable ? Found{std::move(stored.answer), left} : Found();
}

void RedisStore::Put(std::shared_ptr<const Key> key, AnswerPtr answer,
                     std::chrono::milliseconds ttl) {
  if (!client_.ready() || ttl.count() <= 0) return;
  if (key->bytes.size() > kMostRequest || answer->body.size() > kMostBody) {
    Add(&shared_->counters_.too_large);
    return;
  }
  const RedisKey place = RedisKeyOf(*key);
  const std::string value =
      EncodeAnswer(place.digest, {std::move(answer), shared_->clock_.Wall(), ttl});
  net::RedisCommand set({"SET", place.name, value, "PX", fmt::format("{}", ttl.count())},
                        Kind::kStatus);
  if (client_.Send(std::move(set), nullptr)) Add(&shared_->counters_.stored);
}

}  // namespace weir::cache
