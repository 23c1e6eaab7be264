// A server on loopback that speaks Redis' protocol as a test tells it to, on the test's own worker:
// well, badly, late, or not at all.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/strings.h"
#include "net/listener.h"
#include "net/worker.h"

namespace weir::net {

class FakeRedis {
 public:
  using Words = std::vector<std::string>;

  explicit FakeRedis(Worker& worker) : worker_(worker) { Listen(); }
  FakeRedis(const FakeRedis&) = delete;
  FakeRedis& operator=(const FakeRedis&) = delete;

  // What goes back for a command; nothing: no answer. At first a Redis that keeps strings.
  std::function<std::string(const Words&)> answer = [this](const Words& words) {
    return Usual(words);
  };
  // Answers are kept back while it is set, until Release().
  bool hold = false;

  uint16_t port() const { return port_; }
  void Listen() {  // on the same port as before
    auto opened =
        Listener::Open(worker_, "127.0.0.1", port_,
                       [this](std::unique_ptr<Stream> stream) { Take(std::move(stream)); });
    ASSERT_TRUE(opened) << opened.error().message;
    listener_ = *std::move(opened);
    port_ = listener_->port();
  }
  void StopListening() { listener_.reset(); }
  void HangUp() { peers_.clear(); }
  // All that was kept back, in its order.
  void Release() {
    hold = false;
    for (Peer& peer : peers_) peer.Write(std::exchange(peer.kept, {}));
  }
  // To every connection.
  void Say(const std::string& bytes) {
    for (Peer& peer : peers_) peer.Write(bytes);
  }

  int connections() const { return connections_; }
  size_t open() const { return peers_.size(); }
  const std::vector<Words>& seen() const { return seen_; }
  std::map<std::string, std::string> values;

  std::string Usual(const Words& words) {
    const std::string& name = words[0];
    if (name == "SET") values[words[1]] = words[2];
    if (name == "GETRANGE") {
      const auto found = values.find(words[1]);
      return Bulk(found == values.end() ? "" : found->second.substr(0, std::stoul(words[3]) + 1));
    }
    return "+OK\r\n";
  }
  static std::string Bulk(std::string_view bytes) {
    return fmt::format("${}\r\n{}\r\n", bytes.size(), bytes);
  }

 private:
  struct Peer : IoOp {
    FakeRedis* redis = nullptr;
    std::unique_ptr<Stream> stream;
    std::string bytes;  // read, and no whole command yet
    std::string kept;
    bool ended = false;
    char buffer[4096];

    void Write(const std::string& text) {
      if (text.empty()) return;
      IoOp write;
      const std::string_view piece = text;
      EXPECT_TRUE(stream->StartWrite({&piece, 1}, SteadyTime::max(), &write));
    }
    void Read() {
      while (!ended && stream->StartRead(buffer, SteadyTime::max(), this)) Got();
    }
    void Got() {
      ended = !result.ok();
      bytes.append(buffer, result.bytes);
      Words words;
      while (TakeCommand(&words)) {
        redis->seen_.push_back(words);
        std::string reply = redis->answer(words);
        if (redis->hold) {
          kept += reply;
        } else {
          Write(reply);
        }
      }
    }
    bool TakeCommand(Words* words);
  };

  void Take(std::unique_ptr<Stream> stream) {
    ++connections_;
    std::erase_if(peers_, [](const Peer& peer) { return peer.ended; });
    Peer& peer = peers_.emplace_back();
    peer.redis = this;
    peer.stream = std::move(stream);
    peer.done = [](IoOp* op) {
      auto* self = static_cast<Peer*>(op);
      self->Got();
      self->Read();
    };
    peer.Read();
  }

  Worker& worker_;
  uint16_t port_ = 0;
  int connections_ = 0;
  std::vector<Words> seen_;
  std::list<Peer> peers_;
  std::unique_ptr<Listener> listener_;
};

// "*2\r\n$3\r\nGET\r\n$1\r\na\r\n"
inline bool FakeRedis::Peer::TakeCommand(Words* words) {
  size_t at = 0;
  const auto number = [&](char mark) -> std::optional<uint64_t> {
    const size_t end = bytes.find("\r\n", at);
    if (end == std::string::npos || bytes[at] != mark) return std::nullopt;
    const auto value = ParseUint(std::string_view(bytes).substr(at + 1, end - at - 1));
    at = end + 2;
    return value;
  };
  words->clear();
  const auto count = number('*');
  for (uint64_t i = 0; count && i < *count; ++i) {
    const auto size = number('$');
    if (!size || at + *size + 2 > bytes.size()) return false;
    words->push_back(bytes.substr(at, *size));
    at += *size + 2;
  }
  if (count) bytes.erase(0, at);
  return count.has_value();
}

}  // namespace weir::net
