// One upstream call: connect, send, read the answer. Knows deadlines and framing, nothing of
// models.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gateway/client_stream.h"
#include "gateway/core.h"
#include "gateway/target.h"
#include "http/body.h"
#include "http/gzip.h"
#include "http/head.h"

namespace weir::gateway {

// A deadline and what it stands for.
struct Limit {
  SteadyTime at = SteadyTime::max();
  Reason reason = Reason::kDeadline;
};
inline Limit Earlier(Limit a, Limit b) {
  return b.at < a.at ? b : a;
}

// What is sent: the dialect's request, the client's query and those of its headers that may pass
// and that the dialect's request (the provider's configured headers are in it) does not set itself.
struct CallRequest {
  const provider::WireRequest& wire;
  const provider::Target& asked;
  std::string_view query;
  const http::HeaderList& client;
};

class UpstreamCall : public Shelved {
 public:
  // `patience` (may be null) is told whenever the client must be kept waiting.
  UpstreamCall(WorkerState& worker, const Target& target, net::CancelToken& cancel,
               ClientStream* patience);
  ~UpstreamCall();
  UpstreamCall(const UpstreamCall&) = delete;
  UpstreamCall& operator=(const UpstreamCall&) = delete;

  // Connects, sends and reads the answer's head (1xx skipped). A kept connection that was closed
  // before a byte came back is replaced once by a fresh one, silently.
  net::Task<Result<void>> Open(const CallRequest& request, SteadyTime connect, Limit head);
  const http::ResponseHead& head() const { return head_; }
  bool sent() const { return sent_; }  // the whole request
  bool answered() const { return any_byte_; }
  SteadyTime first_byte() const { return first_byte_; }

  // Appends the next decoded bytes of the body to `out`. False: the body has ended.
  net::Task<Result<bool>> ReadSome(std::string* out, Limit limit);
  // The rest of the body, at most `max_bytes` bytes.
  net::Task<Result<void>> ReadAll(std::string* out, size_t max_bytes, Limit limit);
  // Gives the connection back when the body is complete; else closes it. With `drain` an unfinished
  // body is given a moment to end, in the background.
  void Close(bool drain);

 private:
  net::Task<Result<void>> Exchange(const CallRequest& request, std::string_view head,
                                   SteadyTime connect, Limit limit, bool fresh);
  bool TakeIdle();
  net::Task<Result<void>> Connect(const CallRequest& request, SteadyTime deadline);
  net::Task<Result<void>> ReadHead(Limit limit);
  net::Task<Result<void>> Fill(Limit limit);
  void KeepHead();
  Result<bool> TakeAtHand(std::string* out);
  bool EndedByClosing() const;
  Result<bool> Decode(std::string* out);
  void WriteHead(const CallRequest& request, std::string* head) const;
  static void StopPending(void* self);

  WorkerState& worker_;
  const Target& target_;
  net::CancelToken& cancel_;
  ClientStream* patience_;
  net::UpstreamPool::Connection connection_;
  std::string input_;  // bytes read and not yet decoded, from `begin_`
  size_t begin_ = 0;
  bool sent_ = false;
  bool any_byte_ = false;
  net::IoStatus last_status_ = net::IoStatus::kOk;
  SteadyTime first_byte_;
  http::ResponseHead head_;  // views into head_bytes_
  std::string head_bytes_;   // too long for a string's own room: swapping moves no byte
  std::optional<http::BodyDecoder> decoder_;
  std::optional<http::Inflater> inflater_;
};

}  // namespace weir::gateway
