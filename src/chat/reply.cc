#include "chat/reply.h"

#include "chat/choices.h"
#include "chat/error_text.h"
#include "chat/usage.h"
#include "json/scan.h"

namespace weir::chat {
namespace {

using json::Kind;

// More of an error body is not read: messages stand at its front.
constexpr size_t kErrorBodyBytes = 1 << 20;

Error BadAnswer(const Error& cause) {
  return MakeError(Reason::kUpstreamBadAnswer, "the upstream's answer: " + cause.message);
}

// What plain answers and stream events have in common.
class Answer {
 public:
  explicit Answer(json::Cursor cursor) : cursor_(cursor) {}

  Result<void> Read() {
    std::string_view key;
    cursor_.EnterObject();
    while (cursor_.NextMember(&key)) ReadMember(key);
    if (auto whole = cursor_.Finish(); !whole) return BadAnswer(whole.error());
    if (!usage) usage = choices.usage;
    // Some vendors send their error bare: {"code": …, "message": …} or {"object": "error", …}.
    if (!has_error && has_message_ && !has_choices && !has_data && !usage) has_error = true;
    return {};
  }

  Choices choices;
  std::optional<UsageCounts> usage;
  bool has_choices = false;
  bool has_data = false;  // embeddings
  bool has_error = false;
  std::optional<json::Span> usage_member;
  ErrorText error;

 private:
  void ReadMember(std::string_view name) {
    if (name == "choices") {
      has_choices = cursor_.kind() == Kind::kArray;
      ReadChoices(&cursor_, &choices);
    } else if (name == "usage") {
      usage_member = ReadUsageMember(&cursor_, name, &usage);
    } else if (name == "error") {
      ReadError();
    } else if (name == "data" && cursor_.kind() == Kind::kArray) {
      cursor_.EnterArray();
      for (; cursor_.NextElement(); has_data = true) cursor_.Skip();
    } else if ((name == "message" || name == "error_msg") && cursor_.kind() == Kind::kString) {
      has_message_ = true;
      ReadErrorValue(&cursor_, &error);
    } else {
      cursor_.Skip();
    }
  }

  void ReadError() {
    Kind kind = cursor_.kind();
    if (kind == Kind::kString) {
      json::Cursor again = cursor_;
      has_error = cursor_.String().bytes > 0;
      ReadErrorValue(&again, &error);
    } else if (kind == Kind::kObject) {
      json::Cursor again = cursor_;
      std::string_view key;
      again.EnterObject();
      has_error = again.NextMember(&key);
      ReadErrorValue(&cursor_, &error);
    } else {
      std::string_view value = cursor_.Skip().of(cursor_.text());
      has_error = kind == Kind::kTrue || (kind == Kind::kNumber && value != "0");
    }
  }

  json::Cursor cursor_;
  bool has_message_ = false;
};

}  // namespace

struct ReplyReader::Buffers {
  json::Index index;

  Result<json::Cursor> Begin(std::string_view text) {
    index.Trim();
    auto cursor = index.Begin(text, json::Check::kTokens);
    if (!cursor) return BadAnswer(cursor.error());
    return cursor;
  }
};

ReplyReader::ReplyReader() : buffers_(std::make_unique<Buffers>()) {}
ReplyReader::~ReplyReader() = default;

Result<PlainReply> ReplyReader::ReadPlain(std::string_view body) {
  WEIR_TRY(json::Cursor cursor, buffers_->Begin(body));
  Answer answer(cursor);
  WEIR_CHECK_OK(answer.Read());
  PlainReply reply;
  reply.usage = answer.usage;
  reply.filtered = answer.choices.filtered;
  reply.has_error = answer.has_error;
  reply.has_content = answer.choices.count > 0 || answer.has_data;
  if (answer.has_error) reply.error_message = std::move(answer.error.message);
  reply.text_bytes = answer.choices.text_bytes;
  return reply;
}

Result<StreamEvent> ReplyReader::ReadEvent(std::string_view data) {
  WEIR_TRY(json::Cursor cursor, buffers_->Begin(data));
  Answer answer(cursor);
  WEIR_CHECK_OK(answer.Read());
  StreamEvent event;
  event.usage = answer.usage;
  event.has_error = answer.has_error;
  event.content = answer.choices.content;
  event.finish = answer.choices.finish;
  event.filtered = answer.choices.filtered;
  event.usage_only = answer.has_choices && answer.choices.count == 0 && answer.usage.has_value();
  event.usage_member = answer.usage_member;
  event.choice_usages = std::move(answer.choices.usage_members);
  event.text_bytes = answer.choices.text_bytes;
  if (answer.has_error) event.error_message = std::move(answer.error.message);
  return event;
}

UpstreamError ReplyReader::ReadError(int status, std::string_view body) {
  body = body.substr(0, kErrorBodyBytes);
  ErrorText text;
  auto cursor = buffers_->index.Begin(body, json::Check::kTokens);
  bool structured = cursor && (cursor->kind() == Kind::kObject || cursor->kind() == Kind::kArray);
  if (structured) ReadErrorBody(&*cursor, &text);
  if (text.message.empty()) text.message = PlainErrorText(status, body);
  UpstreamError error;
  error.context_length = SaysContextLength(status, text);
  error.message = std::move(text.message);
  error.type = std::move(text.type);
  error.code = std::move(text.code);
  return error;
}

std::string StripUsage(std::string_view data, const StreamEvent& event) {
  std::vector<json::Edit> cuts;
  if (event.usage_member) cuts.push_back({*event.usage_member, {}});
  for (json::Span member : event.choice_usages) cuts.push_back({member, {}});
  std::ranges::sort(cuts, {}, [](const json::Edit& cut) { return cut.span.begin; });
  return json::Apply(data, cuts);
}

}  // namespace weir::chat
