// A client's body: parse → patch → parse must give the new model and the same facts, and every
// other byte as it was; to simdjson's DOM, which knows nothing of patches, the same document but
// for `model` and `stream_options`. The same bytes are then read as an upstream's answer, which
// must not crash and whose usage must be sane.
#include <simdjson.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "chat/reply.h"
#include "chat/request.h"
#include "chat/rewrite.h"
#include "chat/score_line.h"
#include "fuzz/check.h"
#include "json/patch.h"

namespace {

using weir::chat::Endpoint;
using weir::chat::ModelMember;
using weir::chat::Request;

constexpr std::string_view kModel = "vendor/new \"model\" \u4f60";

// What the patched text has between its edits must be what the original has.
void RequireOnlyEditsChanged(std::string_view before, std::string_view after,
                             std::span<const weir::json::Edit> edits) {
  size_t old_at = 0, new_at = 0;
  for (const weir::json::Edit& edit : edits) {
    size_t kept = edit.span.begin - old_at;
    WEIR_FUZZ_CHECK(after.substr(new_at, kept) == before.substr(old_at, kept));
    new_at += kept + edit.bytes.size();
    old_at = edit.span.end;
  }
  WEIR_FUZZ_CHECK(after.substr(new_at) == before.substr(old_at));
}

// A document as the DOM reads it: its model, and what is not edited, a member a line.
struct Document {
  std::string model, others;
};

// False where a number is beyond the DOM.
bool ReadByDom(const std::string& text, Document* document) {
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  const auto code = parser.parse(text).get(root);
  if (code == simdjson::NUMBER_ERROR) return false;
  WEIR_FUZZ_CHECK(code == simdjson::SUCCESS);
  for (const auto [key, value] : root) {
    if (key == "model") document->model = value.get_string().value();
    if (key == "model" || key == "stream_options") continue;
    document->others += key;
    (document->others += simdjson::minify(value)) += '\n';
  }
  return true;
}

void RequireSameDocument(const std::string& body, const std::string& patched) {
  Document before, after;
  if (!ReadByDom(body, &before)) return;
  WEIR_FUZZ_CHECK(ReadByDom(patched, &after));
  WEIR_FUZZ_CHECK(after.others == before.others && after.model == kModel);
}

void RequireSameFacts(const Request& a, const Request& b) {
  WEIR_FUZZ_CHECK(a.last_user == b.last_user && a.all_text == b.all_text);
  WEIR_FUZZ_CHECK(a.stream == b.stream && a.n == b.n && a.max_tokens == b.max_tokens);
  WEIR_FUZZ_CHECK(a.messages == b.messages && a.images == b.images && a.token_ids == b.token_ids);
  WEIR_FUZZ_CHECK(a.text_bytes == b.text_bytes && a.wide_bytes == b.wide_bytes);
  WEIR_FUZZ_CHECK(a.other_bytes == b.other_bytes && a.attached_bytes == b.attached_bytes);
  WEIR_FUZZ_CHECK(a.has_tools == b.has_tools && a.wants_reasoning == b.wants_reasoning);
}

void TryDropping(const weir::chat::Request& request, Endpoint endpoint, const std::string& body) {
  weir::chat::RequestParser parser;
  const auto edits = weir::chat::EditsFor(request, body, {kModel, true, true});
  const std::string patched = weir::json::Apply(body, edits);
  RequireOnlyEditsChanged(body, patched, edits);
  RequireSameDocument(body, patched);
  const auto again = parser.Parse(endpoint, patched);
  WEIR_FUZZ_CHECK(again.has_value() && again->model == kModel);
  WEIR_FUZZ_CHECK(again->stream_options.empty() && !again->include_usage);
  RequireSameFacts(request, *again);
}

void TryRequest(Endpoint endpoint, const std::string& body, bool ask) {
  weir::chat::RequestParser parser, second;
  auto request = parser.Parse(endpoint, body, ModelMember::kOptional);
  if (!request) {
    WEIR_FUZZ_CHECK(request.error().status() == 400 && request.error().message.size() < 8192);
    return;
  }
  WEIR_FUZZ_CHECK(request->all_text.size() <= weir::chat::kAllTextBytes);
  WEIR_FUZZ_CHECK(request->wide_bytes <= request->text_bytes &&
                  request->EstimatedPromptTokens() >= 0);
  auto edits = weir::chat::EditsFor(*request, body, {kModel, ask});
  const std::string patched = weir::json::Apply(body, edits);
  RequireOnlyEditsChanged(body, patched, edits);
  RequireSameDocument(body, patched);
  auto again = second.Parse(endpoint, patched);
  WEIR_FUZZ_CHECK(again.has_value() && again->model == kModel);
  WEIR_FUZZ_CHECK(again->include_usage == (ask || request->include_usage));
  RequireSameFacts(*request, *again);
  TryDropping(*request, endpoint, body);
}

void TryReply(const std::string& body) {
  weir::chat::ReplyReader reader;
  auto event = reader.ReadEvent(body);
  if (event && event->usage) {
    const auto& usage = *event->usage;
    WEIR_FUZZ_CHECK(usage.prompt >= usage.cached && usage.cached >= 0);
    WEIR_FUZZ_CHECK(usage.completion >= usage.reasoning && usage.reasoning >= 0);
  }
  if (event) {
    std::string stripped = weir::chat::StripUsage(body, *event);
    stripped.reserve(stripped.size() + weir::json::kPadding);
    WEIR_FUZZ_CHECK(reader.ReadEvent(stripped).has_value());
  }
  WEIR_FUZZ_CHECK(reader.ReadPlain(body).has_value() == event.has_value());
  WEIR_FUZZ_CHECK(!reader.ReadError(400, body).message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  std::string body(weir::fuzz::Bytes(bytes + 1, size - 1));
  body.reserve(body.size() + weir::json::kPadding);
  TryRequest(static_cast<Endpoint>(bytes[0] % 3), body, (bytes[0] & 4) != 0);
  TryReply(body);
  (void)weir::chat::ReadScoreLine(body);
  return 0;
}
