// The functions of the OpenAI row, for rows that speak the same wire (the simulator).
#pragma once

#include "provider/dialect.h"

namespace weir::provider {

// The client's own bytes with `model` set and, for streams, usage asked for.
Result<WireRequest> EncodeOpenAi(const chat::Request& request, std::string_view body,
                                 const Target& target);
Result<Reply> DecodeOpenAiReply(chat::ReplyReader& reader, std::string* body);
std::unique_ptr<StreamState> NewOpenAiStream(const chat::Request& request);
// A malformed event is kUpstreamBadAnswer; the stream may go on with the next one.
Result<EventOut> DecodeOpenAiEvent(chat::ReplyReader& reader, StreamState& state,
                                   const http::SseEvent& event);
chat::UpstreamError DecodeOpenAiError(chat::ReplyReader& reader, int status, std::string_view body);

}  // namespace weir::provider
