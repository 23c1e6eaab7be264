// A wire dialect: how a provider wants to be asked and how it answers. A row of plain functions:
// pure, no sockets, no state but what is handed in. A new dialect is one file and one line in
// app/wiring.cc; an OpenAI-compatible provider is no code at all (catalog or config).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "catalog/directory.h"
#include "chat/reply.h"
#include "chat/request.h"
#include "http/sse.h"
#include "json/patch.h"

namespace weir::provider {

// Who is asked. Outlives the attempt.
struct Target {
  const catalog::Provider* provider = nullptr;
  std::string_view upstream_model;
  const Secret* key = nullptr;  // nullptr: none is sent
};

struct WireRequest {
  ShelvedString path;  // with the base URL's path; query is appended by the gateway
  ShelvedVector<std::pair<std::string_view, ShelvedString>>
      headers;         // content type, credential, the provider's; names outlive the call
  json::Patched body;  // of the client's bytes, which outlive it
};

// What the gateway needs to know of a plain answer; `body` may have been rewritten for the client.
struct Reply {
  chat::PlainReply facts;
};

// State of one stream's decoding, owned by the relay. Dialects that translate derive from it.
class StreamState {
 public:
  virtual ~StreamState() = default;
};

struct EventOut {
  chat::StreamEvent facts;
  bool done = false;     // the dialect's end mark ("[DONE]")
  bool pass_raw = true;  // relay the upstream's own bytes; else `bytes`
  std::string bytes;     // ready SSE bytes for the client, when pass_raw is false
};

struct Dialect {
  std::string_view name;
  std::string_view doc;  // one line for --help and docs
  Result<WireRequest> (*encode)(const chat::Request& request, std::string_view body,
                                const Target& target);
  // `body` has json::kPadding spare capacity behind it.
  Result<Reply> (*decode_reply)(chat::ReplyReader& reader, std::string* body);
  std::unique_ptr<StreamState> (*new_stream)(const chat::Request& request);
  // An event of comments only is passed on. A malformed one is kUpstreamBadAnswer: it may be
  // skipped, the state is still good for the next.
  Result<EventOut> (*decode_event)(chat::ReplyReader& reader, StreamState& state,
                                   const http::SseEvent& event);
  chat::UpstreamError (*decode_error)(chat::ReplyReader& reader, int status, std::string_view body);
  // In-process providers only (simulator): the whole HTTP answer with its timing, instead of a
  // socket. nullptr: the provider is reached over the network.
  struct Timed {
    std::chrono::microseconds delay{0};
    std::string bytes;
  };
  std::vector<Timed> (*answer)(const WireRequest& request, const Target& target) = nullptr;
};

extern const Dialect kOpenAi;
extern const Dialect kSimulator;

}  // namespace weir::provider
