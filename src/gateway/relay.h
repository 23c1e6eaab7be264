// Relays one upstream's stream to the client: the upstream's own bytes, event by event, with usage
// counted and hidden, until a truthful end (DESIGN rule 10: no invented finish_reason, no [DONE]
// after a cut).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "chat/request.h"
#include "gateway/upstream_call.h"
#include "http/sse.h"

namespace weir::gateway {

class StreamRelay : public Shelved {
 public:
  StreamRelay(WorkerState& worker, const Target& target, const chat::Request& request);

  // Reads until the first content event, whose bytes then wait in pending(). Until it returns, a
  // failure is invisible to the client.
  net::Task<Result<void>> UntilContent(UpstreamCall& call, Limit first_token, Limit total);
  // Relays to the stream's end. What is left in pending() is the last that is to be sent, before
  // Tail(). Errors: kStreamTruncated, kIdleTimeout, kTotalTimeout, kDeadline, kClientGone, …
  net::Task<Result<void>> Rest(UpstreamCall& call, ClientStream& client, std::string_view headers,
                               Limit total);

  std::string& pending() { return out_; }
  std::string_view Tail() const { return "data: [DONE]\n\n"; }
  const std::optional<chat::UsageCounts>& usage() const { return usage_; }
  bool filtered() const { return filtered_; }         // by the vendor's content filter
  int64_t text_bytes() const { return text_bytes_; }  // of generated text, for an estimate

 private:
  Result<void> TakeEvents(bool until_content);
  Result<void> TakeEvent(const http::SseEvent& event);
  void Emit(const http::SseEvent& event, provider::EventOut& decoded);
  Result<void> Took(const Result<bool>& more);
  bool finished() const { return done_ || finishes_ >= choices_; }

  WorkerState& worker_;
  const Target& target_;
  const provider::Dialect& dialect_;
  bool show_usage_;
  int64_t choices_;
  std::unique_ptr<provider::StreamState> state_;
  http::SseSplitter splitter_;
  std::string read_;
  std::string out_;
  std::optional<chat::UsageCounts> usage_;
  int64_t text_bytes_ = 0;
  int64_t finishes_ = 0;
  bool filtered_ = false;
  bool content_ = false;  // the first content event was seen
  bool done_ = false;     // the end mark was seen
  bool ended_ = false;    // the upstream's body has ended
};

}  // namespace weir::gateway
