#include "chat/usage.h"

namespace weir::chat {
namespace {

using json::Kind;
using json::StringToken;

constexpr int64_t kLargestCount = int64_t{1} << 53;

struct Tally {
  std::optional<int64_t> prompt, completion, total;
  int64_t cached = 0;
  int64_t reasoning = 0;
  bool junk = false;
};

std::optional<int64_t> ReadCount(json::Cursor* cursor, Tally* tally) {
  if (cursor->kind() == Kind::kNull) {
    cursor->Literal();
    return std::nullopt;
  }
  std::optional<int64_t> count;
  if (cursor->kind() == Kind::kNumber) {
    count = json::IntegerOf(cursor->Number());
  } else {
    cursor->Skip();
  }
  if (count && *count >= 0 && *count <= kLargestCount) return count;
  tally->junk = true;
  return std::nullopt;
}

// The one member `wanted` of a details object.
void ReadDetail(json::Cursor* cursor, std::string_view wanted, Tally* tally, int64_t* value) {
  if (cursor->kind() != Kind::kObject) {
    cursor->Skip();
    return;
  }
  StringToken key;
  cursor->EnterObject();
  while (cursor->NextMember(&key)) {
    if (key.raw == wanted) {
      *value = ReadCount(cursor, tally).value_or(0);
    } else {
      cursor->Skip();
    }
  }
}

void ReadMember(json::Cursor* cursor, std::string_view name, Tally* tally) {
  if (name == "prompt_tokens") {
    tally->prompt = ReadCount(cursor, tally);
  } else if (name == "completion_tokens") {
    tally->completion = ReadCount(cursor, tally);
  } else if (name == "total_tokens") {
    tally->total = ReadCount(cursor, tally);
  } else if (name == "prompt_tokens_details") {
    ReadDetail(cursor, "cached_tokens", tally, &tally->cached);
  } else if (name == "completion_tokens_details") {
    ReadDetail(cursor, "reasoning_tokens", tally, &tally->reasoning);
  } else if (name == "cached_tokens" || name == "prompt_cache_hit_tokens") {
    // DeepSeek and Moonshot say it here, some of them in the details as well.
    std::optional<int64_t> cached = ReadCount(cursor, tally);
    if (cached) tally->cached = *cached;
  } else {
    cursor->Skip();
  }
}

// Makes the counts inclusive; see UsageCounts.
std::optional<UsageCounts> Settle(const Tally& tally) {
  UsageCounts counts{tally.prompt.value_or(0), tally.cached, tally.completion.value_or(0),
                     tally.reasoning};
  int64_t unseen = tally.total.value_or(0) - counts.prompt - counts.completion;
  if (unseen > 0) {
    bool too_much_cached = counts.cached > counts.prompt;
    if (counts.reasoning == unseen && !too_much_cached) {
      counts.completion += unseen;
    } else if (counts.cached == unseen) {
      counts.prompt += unseen;
    } else if (counts.reasoning == 0 && !too_much_cached && tally.completion) {
      counts.completion += unseen;
      counts.reasoning = unseen;
    }
  }
  if (counts.cached > counts.prompt) return std::nullopt;
  if (counts.reasoning > counts.completion) counts.reasoning = counts.completion;
  return counts;
}

}  // namespace

std::optional<UsageCounts> ReadUsage(json::Cursor* cursor) {
  if (cursor->kind() != Kind::kObject) {
    cursor->Skip();
    return std::nullopt;
  }
  Tally tally;
  StringToken key;
  cursor->EnterObject();
  while (cursor->NextMember(&key)) ReadMember(cursor, key.raw, &tally);
  if (!cursor->ok() || tally.junk || (!tally.prompt && !tally.completion)) return std::nullopt;
  return Settle(tally);
}

}  // namespace weir::chat
