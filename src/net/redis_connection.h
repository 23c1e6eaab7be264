// One pipelined connection to Redis. Commands are answered in their order, each within the
// deadline; one that is not ends the connection, so that a late answer can never be taken for the
// next command's. Everything on the worker's thread.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "net/deadline.h"
#include "net/loop.h"
#include "net/redis_protocol.h"
#include "net/stream.h"

namespace weir::net {

struct RedisLimits {
  std::chrono::milliseconds deadline{5};  // to write a command, and then to its answer
  size_t most_commands = 4'096;           // without an answer
  size_t most_unsent = 8 << 20;           // bytes
  size_t most_answer = (1 << 20) + (64 << 10);
};

// Of all workers together; any thread.
struct RedisTraffic {
  std::atomic<uint64_t> connects{0};
  std::atomic<uint64_t> commands{0};
  std::atomic<uint64_t> timeouts{0};  // commands
  std::atomic<uint64_t> errors{0};    // commands refused, or lost with their connection
  std::atomic<uint64_t> dropped{0};   // commands for which the queue had no room
  std::atomic<uint64_t> sent_bytes{0};
  std::atomic<uint64_t> received_bytes{0};
};

enum class RedisEnd : uint8_t {
  kAnswered,
  kTimeout,
  kLost,     // with its connection
  kNotSent,  // no connection, or no room
};

struct RedisSlot;

// Who waits for one answer. Destroyed at any time: the answer is then read and dropped.
struct RedisCall {
  RedisCall(void (*when_done)(RedisCall*), void* of) : done(when_done), owner(of) {}
  ~RedisCall();
  RedisCall(const RedisCall&) = delete;
  RedisCall& operator=(const RedisCall&) = delete;

  // Once for each Send() that returned true, never inside it; in the connection's destructor at the
  // latest. May send; destroys no connection.
  void (*const done)(RedisCall*);
  void* const owner;
  RedisEnd end = RedisEnd::kNotSent;
  RedisReply reply;
  RedisSlot* slot = nullptr;  // the connection's
};

// A command that is not answered yet.
struct RedisSlot {
  RedisCall* call = nullptr;
  SteadyTime deadline;
  RedisReply::Kind answer;
};

class RedisConnection {
 public:
  // Hears of every answer and of the end, before those who wait do. Does not destroy the connection
  // inside these calls.
  class Owner {
   public:
    virtual void Answered(const RedisReply& reply) = 0;
    // `unanswered` commands failed with it.
    virtual void Ended(size_t unanswered, std::string why) = 0;

   protected:
    ~Owner() = default;
  };

  RedisConnection(Worker& worker, std::unique_ptr<Stream> stream, const RedisLimits& limits,
                  RedisTraffic& traffic, Owner& owner);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // False: there is no room, or the connection has ended; nobody is told. `call` may be nullptr.
  bool Send(RedisCommand command, RedisCall* call);
  // Closes it; what is unanswered is lost.
  void End(std::string why) { End(RedisEnd::kLost, std::move(why)); }
  bool ended() const { return stream_ == nullptr; }

 private:
  struct Operation : IoOp {
    RedisConnection* self = nullptr;
  };

  void OnSoon();
  void Read();
  void Take(IoResult read);
  void Deliver(RedisReply reply);
  void Flush();
  bool Wrote(IoResult written);
  void OnDeadline();
  void Look();
  bool Overdue() const;
  void End(RedisEnd how, std::string why);

  Worker::Loop& loop_;
  const RedisLimits limits_;
  RedisTraffic& traffic_;
  Owner& owner_;
  std::unique_ptr<Stream> stream_;  // nullptr: ended
  RedisReader reader_;
  std::deque<RedisSlot> slots_;
  std::deque<RedisCommand> unsent_;
  size_t unsent_bytes_ = 0;
  std::vector<std::string_view> pieces_;  // of unsent_, being written
  bool writing_ = false;
  bool reading_ = false;
  const std::unique_ptr<char[]> buffer_;
  Operation read_;
  Operation write_;
  Soon flush_;  // once for all that a turn of the loop sends
  Deadline deadline_;
  Soon look_;
  int looks_left_ = 0;
};

}  // namespace weir::net
