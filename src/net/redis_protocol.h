// Redis' wire protocol (RESP2): commands to bytes, bytes to answers. hiredis reads and writes it;
// what is here bounds it, since nothing that a server sends may make this process grow. No I/O.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct redisReader;

namespace weir::net {

struct RedisReply {
  enum class Kind : uint8_t { kNil, kStatus, kInteger, kBytes, kList, kError };
  Kind kind = Kind::kNil;
  int64_t integer = 0;
  std::string text;               // of a status, of bytes, of an error (its first 200 bytes)
  std::vector<RedisReply> items;  // of a list
  bool operator==(const RedisReply&) const = default;
  // An error's first word, such as "WRONGTYPE".
  std::string_view code() const;
};

// Cuts a connection's bytes into answers.
class RedisReader {
 public:
  // `most_bytes` of text in one answer.
  explicit RedisReader(size_t most_bytes);
  ~RedisReader();
  RedisReader(const RedisReader&) = delete;
  RedisReader& operator=(const RedisReader&) = delete;

  void Feed(std::string_view bytes);
  enum class Step : uint8_t {
    kMore,
    kReply,
    kBroken,  // no answer of Redis, or more than the bound: nothing is read any more
  };
  // Ask until kMore, before the next Feed().
  Step Next(RedisReply* reply);
  const std::string& failure() const { return failure_; }
  size_t buffered() const;  // bytes of an answer that is not whole

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };
  bool PromisesTooMuch() const;
  Step Break(std::string_view why);

  // What the answer that is being read may still have.
  struct Budget {
    size_t items = 0;
    size_t bytes = 0;
  };
  friend struct ReplyBuilder;

  const size_t most_bytes_;
  Budget left_;
  std::unique_ptr<redisReader, Free> reader_;
  std::string failure_;
};

// One command, ready to be sent, and the kind of answer that it has unless it fails.
class RedisCommand {
 public:
  RedisCommand(std::span<const std::string_view> words, RedisReply::Kind answer);
  RedisCommand(std::initializer_list<std::string_view> words, RedisReply::Kind answer)
      : RedisCommand(std::span(words.begin(), words.size()), answer) {}
  std::string_view bytes() const { return {bytes_.get(), size_}; }
  RedisReply::Kind answer() const { return answer_; }

 private:
  struct Free {
    void operator()(char* bytes) const;
  };
  std::unique_ptr<char, Free> bytes_;
  size_t size_ = 0;
  RedisReply::Kind answer_;
};

}  // namespace weir::net
