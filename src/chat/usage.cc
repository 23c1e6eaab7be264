#include "chat/usage.h"

namespace weir::chat {
namespace {

using json::Kind;

// More than any model reads or writes, and few enough for any price up to a dollar a token.
constexpr int64_t kLargestCount = int64_t{1} << 32;

struct Tally {
  std::optional<int64_t> prompt, completion, total;
  int64_t cached = 0;
  int64_t written = 0;  // to the vendor's cache
  int64_t reasoning = 0;
  int64_t audio_prompt = 0, image_prompt = 0, audio_completion = 0;
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

// One count may stand in two places, empty in one of them: their order must not matter.
void Raise(int64_t* count, std::optional<int64_t> said) {
  *count = std::max(*count, said.value_or(0));
}

// The part of a whole that may be its own.
void Cut(int64_t* part, int64_t whole) {
  *part = std::min(*part, whole);
}

int64_t* AudioOf(bool of_prompt, Tally* tally) {
  return of_prompt ? &tally->audio_prompt : &tally->audio_completion;
}

// The counts of a details object.
void ReadDetails(json::Cursor* cursor, bool of_prompt, Tally* tally) {
  if (cursor->kind() != Kind::kObject) {
    cursor->Skip();
    return;
  }
  std::string_view key;
  cursor->EnterObject();
  while (cursor->NextMember(&key)) {
    if (key == "cached_tokens") {
      Raise(&tally->cached, ReadCount(cursor, tally));
    } else if (key == "cache_write_tokens" || key == "cache_creation_input_tokens") {
      Raise(&tally->written, ReadCount(cursor, tally));
    } else if (key == "reasoning_tokens") {
      Raise(&tally->reasoning, ReadCount(cursor, tally));
    } else if (key == "audio_tokens") {
      Raise(AudioOf(of_prompt, tally), ReadCount(cursor, tally));
    } else if (key == "image_tokens" && of_prompt) {
      Raise(&tally->image_prompt, ReadCount(cursor, tally));
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
  } else if (name == "prompt_tokens_details" || name == "completion_tokens_details") {
    ReadDetails(cursor, name[0] == 'p', tally);
  } else if (name == "cached_tokens" || name == "prompt_cache_hit_tokens" ||
             name == "cache_read_input_tokens") {
    // DeepSeek and Moonshot say it here, some of them in the details as well.
    Raise(&tally->cached, ReadCount(cursor, tally));
  } else if (name == "cache_creation_input_tokens") {
    Raise(&tally->written, ReadCount(cursor, tally));
  } else {
    cursor->Skip();
  }
}

// Makes the counts inclusive; the header says whose are not.
std::optional<UsageCounts> Settle(const Tally& tally) {
  UsageCounts counts{tally.prompt.value_or(0), tally.cached,          tally.completion.value_or(0),
                     tally.reasoning,          tally.written,         tally.audio_prompt,
                     tally.image_prompt,       tally.audio_completion};
  const int64_t unseen = tally.total.value_or(0) - counts.prompt - counts.completion;
  if (unseen > 0) {
    const bool too_much_cached = counts.cached > counts.prompt;
    const bool of_the_cache = unseen == counts.cached || unseen == tally.written ||
                              unseen == counts.cached + tally.written;
    if (!tally.prompt) {
      counts.prompt = unseen;
    } else if (!tally.completion) {
      counts.completion = unseen;
    } else if (counts.reasoning == unseen && !too_much_cached) {
      counts.completion += unseen;
    } else if (of_the_cache) {
      counts.prompt += unseen;
    } else if (counts.reasoning == 0 && !too_much_cached) {
      counts.completion += unseen;
      counts.reasoning = unseen;
    }
  }
  if (counts.cached > counts.prompt || counts.cache_write > counts.prompt - counts.cached) {
    return std::nullopt;
  }
  Cut(&counts.reasoning, counts.completion);
  Cut(&counts.audio_completion, counts.completion);
  Cut(&counts.audio_prompt, counts.prompt);
  Cut(&counts.image_prompt, counts.prompt - counts.audio_prompt);
  return counts;
}

}  // namespace

std::optional<UsageCounts> ReadUsage(json::Cursor* cursor) {
  if (cursor->kind() != Kind::kObject) {
    cursor->Skip();
    return std::nullopt;
  }
  Tally tally;
  std::string_view key;
  cursor->EnterObject();
  while (cursor->NextMember(&key)) ReadMember(cursor, key, &tally);
  if (!cursor->ok() || tally.junk || (!tally.prompt && !tally.completion)) return std::nullopt;
  return Settle(tally);
}

json::Span ReadUsageMember(json::Cursor* cursor, std::string_view key,
                           std::optional<UsageCounts>* usage) {
  const std::string_view text = cursor->text();
  const size_t begin = static_cast<size_t>(key.data() - text.data()) - 1;
  const size_t comma = text.find_last_not_of(" \t\r\n", begin - 1);
  *usage = ReadUsage(cursor);
  const size_t end = cursor->consumed_end();
  if (text[comma] == ',') return {comma, end};
  const size_t next = cursor->offset();
  const bool followed = next < text.size() && text[next] == ',';
  return {begin, followed ? next + 1 : end};
}

}  // namespace weir::chat
