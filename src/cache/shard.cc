#include "cache/shard.h"

namespace weir::cache {
namespace {

constexpr uint8_t kMostUses = 3;
constexpr uint64_t kSmallShare = 10;  // the small queue's part: one tenth
constexpr uint64_t kMostGhosts = 4096;
// Blocks, list and table nodes, control blocks and the rounding of malloc around an entry; a ghost
// likewise.
constexpr uint64_t kEntryOverhead = 384;
constexpr uint64_t kGhostBytes = 64;

uint64_t BytesOf(const Key& key, const Answer& answer) {
  const Origin& origin = answer.origin;
  return kEntryOverhead + sizeof(Key) + key.bytes.capacity() + sizeof(Answer) +
         answer.body.capacity() + answer.pace.capacity() * sizeof(Pace) + origin.model.capacity() +
         origin.tier.capacity() + origin.reason.capacity() + origin.fallback.capacity();
}

}  // namespace

Found ShardTable::Find(const KeyView& key, SteadyTime now) {
  const auto found = index_.find(key.hash);
  if (found == index_.end() || !found->second->key->Is(key)) return {};
  Node& node = *found->second;
  if (node.expires <= now) {
    ++expired_;
    Erase(found->second);
    return {};
  }
  if (node.uses < kMostUses) ++node.uses;
  using std::chrono::milliseconds;
  const SteadyTime before = std::exchange(node.asked, now);
  return {node.answer, std::chrono::floor<milliseconds>(node.expires - now),
          std::chrono::floor<milliseconds>(now - before)};
}

void ShardTable::Put(std::shared_ptr<const Key> key, AnswerPtr answer, SteadyTime now,
                     SteadyTime expires) {
  const uint64_t bytes = BytesOf(*key, *answer);
  if (const auto old = index_.find(key->hash); old != index_.end()) Erase(old->second);
  if (bytes > max_entry()) return;
  MakeRoom(bytes, now);
  const bool returns = ghost_set_.contains(key->hash.low);
  Queue& queue = returns ? main_ : small_;
  const Hash128 hash = key->hash;
  queue.push_front({std::move(key), std::move(answer), expires, now, bytes, 0, returns});
  index_.emplace(hash, queue.begin());
  bytes_ += bytes;
  if (!returns) small_bytes_ += bytes;
}

void ShardTable::Erase(Queue::iterator node) {
  bytes_ -= node->bytes;
  if (!node->main) small_bytes_ -= node->bytes;
  index_.erase(node->key->hash);
  (node->main ? main_ : small_).erase(node);
}

void ShardTable::MakeRoom(uint64_t bytes, SteadyTime now) {
  while (bytes_ + bytes > limit_ && !index_.empty()) {
    if (main_.empty() || small_bytes_ > limit_ / kSmallShare) {
      ShrinkSmall(now);
    } else {
      ShrinkMain(now);
    }
  }
}

void ShardTable::ShrinkSmall(SteadyTime now) {
  const auto oldest = std::prev(small_.end());
  if (oldest->uses > 0 && oldest->expires > now) {
    oldest->uses = 0;
    oldest->main = true;
    small_bytes_ -= oldest->bytes;
    main_.splice(main_.begin(), small_, oldest);
    return;
  }
  Remember(oldest->key->hash.low);
  ++evictions_;
  Erase(oldest);
}

void ShardTable::ShrinkMain(SteadyTime now) {
  const auto oldest = std::prev(main_.end());
  if (oldest->uses > 0 && oldest->expires > now) {
    --oldest->uses;
    main_.splice(main_.begin(), main_, oldest);
    return;
  }
  ++evictions_;
  Erase(oldest);
}

void ShardTable::Remember(uint64_t ghost) {
  if (!ghost_set_.insert(ghost).second) return;
  ghosts_.push_back(ghost);
  bytes_ += kGhostBytes;
  while (ghosts_.size() > kMostGhosts || ghosts_.size() * kGhostBytes > limit_ / kSmallShare / 2) {
    ghost_set_.erase(ghosts_.front());
    ghosts_.pop_front();
    bytes_ -= kGhostBytes;
  }
}

uint64_t ShardTable::Purge(const Selection& selection) {
  uint64_t gone = 0;
  for (Queue* queue : {&small_, &main_}) {
    for (auto node = queue->begin(); node != queue->end();) {
      const auto here = node++;
      if (!selection.Holds(*here->key)) continue;
      Erase(here);
      ++gone;
    }
  }
  return gone;
}

void ShardTable::AddTo(StoreFigures* figures) const {
  figures->bytes += bytes_;
  figures->limit += limit_;
  figures->entries += index_.size();
  figures->evictions += evictions_;
  figures->expired += expired_;
}

size_t ShardTable::longest_chain() const {
  size_t longest = 0;
  for (size_t i = 0; i < index_.bucket_count(); ++i) {
    longest = std::max(longest, index_.bucket_size(i));
  }
  return longest;
}

}  // namespace weir::cache
