#include "gateway/conversations.h"

#include <algorithm>
#include <list>
#include <mutex>
#include <unordered_map>

#include "route/switching.h"

namespace weir::gateway {
namespace {

constexpr size_t kShards = 16;

struct Entry {
  ConversationId id;
  route::Conversation known;  // its age is of no account
  SteadyTime at;
};

struct ByLowHalf {
  size_t operator()(const ConversationId& id) const { return id.low; }
};

// A list node, a node and a bucket of the table, and texts that do not fit into their strings.
uint64_t BytesOf(const Entry& entry) {
  constexpr uint64_t kNodes =
      sizeof(Entry) + 2 * sizeof(void*) + sizeof(ConversationId) + sizeof(void*) * 4 + 2 * 16;
  constexpr size_t kInside = 15;
  uint64_t bytes = kNodes;
  for (const std::string* text : {&entry.known.model, &entry.known.tier}) {
    if (text->capacity() > kInside) bytes += text->capacity() + 16;
  }
  return bytes;
}

// Half of what was, half of what is: a provider's cache may miss once.
double ShareNow(const Entry& before, const Turned& turned, SteadyTime now) {
  const route::Conversation& known = before.known;
  if (turned.estimated || known.model != turned.model) return 1;
  if (now - before.at >= route::kPromptCacheTtl) return known.cached_share;
  const int64_t seen = std::min(known.seen_tokens, turned.prompt_tokens);
  if (seen <= 0) return known.cached_share;
  const double share = static_cast<double>(turned.cached_tokens) / static_cast<double>(seen);
  return (known.cached_share + std::clamp(share, 0.0, 1.0)) / 2;
}

}  // namespace

class Conversations::Shard {
 public:
  Shard(uint64_t max_entries, uint64_t max_bytes)
      : max_entries_(max_entries), max_bytes_(max_bytes) {}

  std::optional<route::Conversation> Find(const ConversationId& id, SteadyTime now,
                                          std::chrono::milliseconds ttl) {
    std::lock_guard lock(mutex_);
    const auto found = index_.find(id);
    if (found == index_.end()) return std::nullopt;
    const Entry& entry = *found->second;
    const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now - entry.at);
    if (age >= ttl) {
      Erase(found->second);
      return std::nullopt;
    }
    route::Conversation known = entry.known;
    known.age = age;
    return known;
  }

  void Note(const ConversationId& id, const Turned& turned, SteadyTime now) {
    std::lock_guard lock(mutex_);
    auto found = index_.find(id);
    if (found == index_.end()) {
      entries_.push_front({id, {}, now});
      found = index_.emplace(id, entries_.begin()).first;
    } else {
      bytes_ -= BytesOf(*found->second);
      entries_.splice(entries_.begin(), entries_, found->second);
    }
    Entry& entry = entries_.front();
    entry.known.cached_share = ShareNow(entry, turned, now);
    entry.known.model = turned.model;
    entry.known.tier = turned.tier;
    entry.known.score = turned.score;
    entry.known.seen_tokens = turned.prompt_tokens + turned.completion_tokens;
    entry.known.tool_calls = turned.tool_calls;
    entry.known.forgone = turned.forgone;
    entry.at = now;
    bytes_ += BytesOf(entry);
    while (entries_.size() > max_entries_ || (bytes_ > max_bytes_ && !entries_.empty())) {
      Erase(std::prev(entries_.end()));
      ++evictions_;
    }
  }

  void AddTo(ConversationFigures* figures) const {
    std::lock_guard lock(mutex_);
    figures->entries += entries_.size();
    figures->entry_limit += max_entries_;
    figures->bytes += bytes_;
    figures->byte_limit += max_bytes_;
    figures->evictions += evictions_;
  }

 private:
  void Erase(std::list<Entry>::iterator entry) {
    bytes_ -= BytesOf(*entry);
    index_.erase(entry->id);
    entries_.erase(entry);
  }

  mutable std::mutex mutex_;
  const uint64_t max_entries_;
  const uint64_t max_bytes_;
  uint64_t bytes_ = 0;
  uint64_t evictions_ = 0;
  std::list<Entry> entries_;  // the newest first
  std::unordered_map<ConversationId, std::list<Entry>::iterator, ByLowHalf> index_;
};

Conversations::Conversations(uint64_t max_entries, uint64_t max_bytes) {
  for (size_t i = 0; i < kShards; ++i) {
    shards_.push_back(
        std::make_unique<Shard>(std::max<uint64_t>(max_entries / kShards, 1), max_bytes / kShards));
  }
}

Conversations::~Conversations() = default;

Conversations::Shard& Conversations::ShardOf(const ConversationId& id) const {
  return *shards_[id.high % kShards];
}

std::optional<route::Conversation> Conversations::Find(const ConversationNames& names,
                                                       SteadyTime now,
                                                       std::chrono::milliseconds ttl) {
  std::optional<route::Conversation> known;
  if (names.thread) known = ShardOf(*names.thread).Find(*names.thread, now, ttl);
  if (known || !names.session) return known;
  known = ShardOf(*names.session).Find(*names.session, now, ttl);
  if (known) known->same_opening = false;
  return known;
}

void Conversations::Note(const ConversationNames& names, const Turned& turned, SteadyTime now) {
  if (names.thread) ShardOf(*names.thread).Note(*names.thread, turned, now);
  if (names.session) ShardOf(*names.session).Note(*names.session, turned, now);
}

ConversationFigures Conversations::figures() const {
  ConversationFigures figures;
  for (const auto& shard : shards_) shard->AddTo(&figures);
  return figures;
}

}  // namespace weir::gateway
