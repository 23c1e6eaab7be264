#include "net/redis_protocol.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <new>
#include <utility>

#include "base/strings.h"

namespace weir::net {
namespace {

using Kind = RedisReply::Kind;

constexpr size_t kMostError = 200;
// Answers in one answer: a SCAN of 256 keys has some more at times.
constexpr size_t kMostItems = 4'096;
constexpr size_t kLengthLine = 64;  // "$1048576\r\n" and the end of the bytes behind it
constexpr int kDeepest = 1;         // SCAN: a list in a list

Kind KindOf(int type) {
  switch (type) {
    case REDIS_REPLY_STATUS:
      return Kind::kStatus;
    case REDIS_REPLY_ERROR:
      return Kind::kError;
    default:
      return Kind::kBytes;
  }
}

int DepthOf(const redisReadTask* task) {
  int depth = 0;
  for (const redisReadTask* above = task->parent; above != nullptr; above = above->parent) ++depth;
  return depth;
}

}  // namespace

// hiredis calls it with each part that is whole. nullptr: it is too much, and no answer comes of
// it.
struct ReplyBuilder {
  // The place of the part: a new answer, or the next item of the list that it belongs to. A list
  // grows by what has come, whatever length it claims.
  static RedisReply* Place(const redisReadTask* task, Kind kind, size_t bytes = 0) {
    auto* left = static_cast<RedisReader::Budget*>(task->privdata);
    if (left->items == 0 || left->bytes < bytes) return nullptr;
    --left->items;
    left->bytes -= bytes;
    RedisReply* reply = nullptr;
    if (task->parent == nullptr) {
      reply = new RedisReply;
    } else {
      reply = &static_cast<RedisReply*>(task->parent->obj)->items.emplace_back();
    }
    reply->kind = kind;
    return reply;
  }

  static void* String(const redisReadTask* task, char* bytes, size_t size) {
    RedisReply* reply = Place(task, KindOf(task->type), size);
    if (reply == nullptr) return nullptr;
    const std::string_view text(bytes, size);
    reply->text = reply->kind == Kind::kError ? Utf8Prefix(text, kMostError) : text;
    return reply;
  }
  static void* List(const redisReadTask* task, int) {
    return DepthOf(task) > kDeepest ? nullptr : Place(task, Kind::kList);
  }
  static void* Integer(const redisReadTask* task, long long value) {
    RedisReply* reply = Place(task, Kind::kInteger);
    if (reply != nullptr) reply->integer = value;
    return reply;
  }
  static void* Nil(const redisReadTask* task) { return Place(task, Kind::kNil); }
  static void Free(void* reply) { delete static_cast<RedisReply*>(reply); }

  static redisReplyObjectFunctions* Functions() {
    // hiredis takes it as mutable and does not change it.
    static const redisReplyObjectFunctions functions = {String, List, Integer, Nil, Free};
    return const_cast<redisReplyObjectFunctions*>(&functions);
  }
};

std::string_view RedisReply::code() const {
  return std::string_view(text).substr(0, text.find(' '));
}

void RedisReader::Free::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

RedisReader::RedisReader(size_t most_bytes)
    : most_bytes_(most_bytes),
      left_{kMostItems, most_bytes},
      reader_(redisReaderCreateWithFunctions(ReplyBuilder::Functions())) {
  if (!reader_) throw std::bad_alloc();
  reader_->privdata = &left_;
}

RedisReader::~RedisReader() = default;

size_t RedisReader::buffered() const {
  return reader_->len - reader_->pos;
}

RedisReader::Step RedisReader::Break(std::string_view why) {
  failure_ = why;
  return Step::kBroken;
}

void RedisReader::Feed(std::string_view bytes) {
  if (failure_.empty()) redisReaderFeed(reader_.get(), bytes.data(), bytes.size());
}

// The bytes of the answer that is being read have a length in front, which is judged before they
// come.
bool RedisReader::PromisesTooMuch() const {
  if (reader_->ridx < 0 || reader_->rstack[reader_->ridx].type != REDIS_REPLY_STRING) return false;
  std::string_view digits(reader_->buf + reader_->pos, buffered());
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  const auto size = ParseUint(digits);
  return !digits.empty() && (!size || *size > left_.bytes);
}

RedisReader::Step RedisReader::Next(RedisReply* reply) {
  if (!failure_.empty()) return Step::kBroken;
  void* whole = nullptr;
  if (redisReaderGetReply(reader_.get(), &whole) != REDIS_OK) {
    return Break(reader_->err == REDIS_ERR_OOM ? "too large an answer"
                                               : "what it answers is not Redis' protocol");
  }
  if (whole == nullptr) {
    const bool too_large = buffered() > most_bytes_ + kLengthLine || PromisesTooMuch();
    return too_large ? Break("too large an answer") : Step::kMore;
  }
  *reply = std::move(*static_cast<RedisReply*>(whole));
  ReplyBuilder::Free(whole);
  left_ = {kMostItems, most_bytes_};
  return Step::kReply;
}

void RedisCommand::Free::operator()(char* bytes) const {
  redisFreeCommand(bytes);
}

RedisCommand::RedisCommand(std::span<const std::string_view> words, Kind answer) : answer_(answer) {
  std::vector<const char*> texts;
  std::vector<size_t> sizes;
  for (const std::string_view word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* bytes = nullptr;
  const int size =
      redisFormatCommandArgv(&bytes, static_cast<int>(words.size()), texts.data(), sizes.data());
  if (size < 0) throw std::bad_alloc();
  bytes_.reset(bytes);
  size_ = static_cast<size_t>(size);
}

}  // namespace weir::net
