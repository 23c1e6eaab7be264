// A client's body: parse → patch → parse must give the new model and the same facts, and every
// other byte as it was. The same bytes are then read as an upstream's answer, which must not crash
// and whose usage must be sane.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "chat/reply.h"
#include "chat/request.h"
#include "chat/rewrite.h"
#include "chat/score_line.h"
#include "json/patch.h"

namespace {

using weir::chat::Endpoint;
using weir::chat::ModelMember;
using weir::chat::Request;

constexpr std::string_view kModel = "vendor/new \"model\" \u4f60";

void Require(bool holds) {
  if (!holds) std::abort();
}

// What the patched text has between its edits must be what the original has.
void RequireOnlyEditsChanged(std::string_view before, std::string_view after,
                             const std::vector<weir::json::Edit>& edits) {
  size_t old_at = 0, new_at = 0;
  for (const weir::json::Edit& edit : edits) {
    size_t kept = edit.span.begin - old_at;
    Require(after.substr(new_at, kept) == before.substr(old_at, kept));
    new_at += kept + edit.bytes.size();
    old_at = edit.span.end;
  }
  Require(after.substr(new_at) == before.substr(old_at));
}

void RequireSameFacts(const Request& a, const Request& b) {
  Require(a.last_user == b.last_user && a.all_text == b.all_text);
  Require(a.stream == b.stream && a.n == b.n && a.max_tokens == b.max_tokens);
  Require(a.messages == b.messages && a.images == b.images && a.token_ids == b.token_ids);
  Require(a.text_bytes == b.text_bytes && a.wide_bytes == b.wide_bytes);
  Require(a.other_bytes == b.other_bytes && a.attached_bytes == b.attached_bytes);
  Require(a.has_tools == b.has_tools && a.wants_reasoning == b.wants_reasoning);
}

void TryRequest(Endpoint endpoint, const std::string& body, bool ask) {
  weir::chat::RequestParser parser, second;
  auto request = parser.Parse(endpoint, body, ModelMember::kOptional);
  if (!request) {
    Require(request.error().status() == 400 && request.error().message.size() < 8192);
    return;
  }
  Require(request->all_text.size() <= weir::chat::kAllTextBytes);
  Require(request->wide_bytes <= request->text_bytes && request->EstimatedPromptTokens() >= 0);
  auto edits = weir::chat::EditsFor(*request, body, {kModel, ask});
  std::string patched;
  weir::json::ApplyInto(body, edits, &patched);
  RequireOnlyEditsChanged(body, patched, edits);
  auto again = second.Parse(endpoint, patched);
  Require(again.has_value() && again->model == kModel);
  Require(again->include_usage == (ask || request->include_usage));
  RequireSameFacts(*request, *again);
}

void TryReply(const std::string& body) {
  weir::chat::ReplyReader reader;
  auto event = reader.ReadEvent(body);
  if (event && event->usage) {
    const auto& usage = *event->usage;
    Require(usage.prompt >= usage.cached && usage.cached >= 0);
    Require(usage.completion >= usage.reasoning && usage.reasoning >= 0);
  }
  if (event) {
    std::string stripped = weir::chat::StripUsage(body, *event);
    stripped.reserve(stripped.size() + weir::json::kPadding);
    Require(reader.ReadEvent(stripped).has_value());
  }
  Require(reader.ReadPlain(body).has_value() == event.has_value());
  Require(!reader.ReadError(400, body).message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  body.reserve(body.size() + weir::json::kPadding);
  TryRequest(static_cast<Endpoint>(data[0] % 3), body, (data[0] & 4) != 0);
  TryReply(body);
  (void)weir::chat::ReadScoreLine(body);
  return 0;
}
