#include "provider/openai.h"

#include "base/strings.h"
#include "chat/rewrite.h"

namespace weir::provider {
namespace {

constexpr std::string_view kAuthorization = "authorization";
constexpr std::string_view kDone = "[DONE]";

ShelvedVector<std::pair<std::string_view, ShelvedString>> HeadersFor(const Target& target) {
  const auto& configured = target.provider->headers;
  const std::string& key_header = target.provider->key_header;
  const bool has_own = std::ranges::any_of(configured, [&key_header](const auto& header) {
    return EqualsIgnoreCase(header.first, key_header);
  });
  ShelvedVector<std::pair<std::string_view, ShelvedString>> headers;
  headers.reserve(configured.size() + 2);
  headers.emplace_back("content-type", "application/json");
  if (target.key != nullptr && !target.key->empty() && !has_own) {
    ShelvedString value(key_header == kAuthorization ? "Bearer " : "");
    headers.emplace_back(key_header, value += target.key->Reveal());
  }
  for (const auto& [name, value] : configured) headers.emplace_back(name, value);
  return headers;
}

}  // namespace

Result<WireRequest> EncodeOpenAi(const chat::Request& request, std::string_view body,
                                 const Target& target) {
  WireRequest wire;
  wire.path = target.provider->base_url.path;
  wire.path += chat::EndpointPath(request.endpoint);
  wire.headers = HeadersFor(target);
  wire.body = {body, chat::EditsFor(request, body,
                                    {target.upstream_model, request.stream,
                                     !target.provider->stream_options})};
  return wire;
}

Result<Reply> DecodeOpenAiReply(chat::ReplyReader& reader, std::string* body) {
  WEIR_TRY(auto facts, reader.ReadPlain(*body));
  return Reply{std::move(facts)};
}

std::unique_ptr<StreamState> NewOpenAiStream(const chat::Request&) {
  return std::make_unique<StreamState>();  // every event stands for itself
}

Result<EventOut> DecodeOpenAiEvent(chat::ReplyReader& reader, StreamState&,
                                   const http::SseEvent& event) {
  EventOut out;
  if (!event.has_data) return out;
  out.done = Trim(event.data) == kDone;
  if (out.done) return out;
  WEIR_TRY(out.facts, reader.ReadEvent(event.data));
  return out;
}

chat::UpstreamError DecodeOpenAiError(chat::ReplyReader& reader, int status,
                                      std::string_view body) {
  return reader.ReadError(status, body);
}

const Dialect kOpenAi = {
    .name = "openai",
    .doc = "OpenAI's chat completions, completions and embeddings; most vendors speak it",
    .encode = EncodeOpenAi,
    .decode_reply = DecodeOpenAiReply,
    .new_stream = NewOpenAiStream,
    .decode_event = DecodeOpenAiEvent,
    .decode_error = DecodeOpenAiError,
};

}  // namespace weir::provider
