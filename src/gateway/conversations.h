// The conversations that are remembered: who answered each last, and how much of it is warm there.
// In memory, of this process, shared by its workers; the least recently answered leave first.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "gateway/conversation_name.h"
#include "route/conversation.h"

namespace weir::gateway {

// What an answer leaves behind.
struct Turned {
  std::string_view model;
  std::string_view tier;
  double score = 0.5;
  int64_t prompt_tokens = 0;
  int64_t cached_tokens = 0;
  int64_t completion_tokens = 0;
  bool estimated = false;  // the tokens: then nothing is known of the cache
  int tool_calls = 0;      // in the request
  NanoUsd forgone = {};    // Decision::forgone
};

struct ConversationFigures {
  uint64_t entries = 0;
  uint64_t entry_limit = 0;
  uint64_t bytes = 0;
  uint64_t byte_limit = 0;
  uint64_t evictions = 0;  // to make room
};

// Any thread.
class Conversations {
 public:
  static constexpr uint64_t kMaxEntries = 128 << 10;
  static constexpr uint64_t kMaxBytes = 32 << 20;

  explicit Conversations(uint64_t max_entries = kMaxEntries, uint64_t max_bytes = kMaxBytes);
  ~Conversations();

  const ConversationNamer& namer() const { return namer_; }
  // The thread's memory, else the session's; not one that is older than `ttl`.
  std::optional<route::Conversation> Find(const ConversationNames& names, SteadyTime now,
                                          std::chrono::milliseconds ttl);
  void Note(const ConversationNames& names, const Turned& turned, SteadyTime now);
  ConversationFigures figures() const;

 private:
  class Shard;
  Shard& ShardOf(const ConversationId& id) const;

  const ConversationNamer namer_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace weir::gateway
