#include "chat/rewrite.h"

#include <algorithm>

#include "base/strings.h"

namespace weir::chat {
namespace {

constexpr std::string_view kAskUsage = R"("include_usage":true)";

// Inserts members right behind a '{'.
void AppendInserted(std::string_view member, ShelvedString* bytes) {
  if (!bytes->empty()) *bytes += ',';
  *bytes += member;
}

bool IsEmptyObject(std::string_view object) {
  return Trim(object.substr(1)) == "}";
}

json::Edit AskInside(const Request& request, std::string_view body) {
  if (!request.include_usage_value.empty()) return {request.include_usage_value, "true"};
  std::string_view options = request.stream_options.of(body);
  if (!options.starts_with('{')) {
    return {request.stream_options, "{" + ShelvedString(kAskUsage) + "}"};
  }
  size_t at = request.stream_options.begin + 1;
  return {{at, at}, ShelvedString(kAskUsage) + (IsEmptyObject(options) ? "" : ",")};
}

size_t SkipBlanksBack(std::string_view body, size_t end) {
  const size_t last = body.substr(0, end).find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? 0 : last + 1;
}

// The member whose value is `value`, with one of the commas beside it. The body was parsed: there
// is a colon before the value, and a key without a quote inside before that.
json::Edit Remove(std::string_view body, json::Span value) {
  const size_t colon = SkipBlanksBack(body, value.begin) - 1;
  const size_t closing = SkipBlanksBack(body, colon) - 1;
  const size_t key = body.rfind('"', closing - 1);
  const size_t after = body.find_first_not_of(" \t\r\n", value.end);
  if (body[after] == ',') return {{key, after + 1}, {}};
  const size_t before = SkipBlanksBack(body, key) - 1;
  return {{body[before] == ',' ? before : key, value.end}, {}};
}

}  // namespace

ShelvedVector<json::Edit> EditsFor(const Request& request, std::string_view body,
                                   const Rewrite& rewrite) {
  ShelvedVector<json::Edit> edits;
  edits.reserve(3);
  ShelvedString model;
  AppendJsonString(&model, rewrite.model);
  const bool drop = rewrite.drop_stream_options;
  const bool ask = !drop && rewrite.ask_usage && !request.include_usage;

  json::Edit inserted{{request.object_begin, request.object_begin}, {}};
  if (request.model_value.empty()) AppendInserted("\"model\":" + model, &inserted.bytes);
  if (ask && request.stream_options.empty()) {
    AppendInserted("\"stream_options\":{" + ShelvedString(kAskUsage) + "}", &inserted.bytes);
  }
  if (!inserted.bytes.empty() && !request.object_empty) inserted.bytes += ',';

  if (!inserted.bytes.empty()) edits.push_back(std::move(inserted));
  if (!request.model_value.empty()) edits.push_back({request.model_value, std::move(model)});
  if (ask && !request.stream_options.empty()) edits.push_back(AskInside(request, body));
  if (drop && !request.stream_options.empty()) {
    edits.push_back(Remove(body, request.stream_options));
  }
  // An insertion stands before the removal of what begins at the same place.
  std::sort(edits.begin(), edits.end(), [](const json::Edit& a, const json::Edit& b) {
    return std::pair(a.span.begin, a.span.end) < std::pair(b.span.begin, b.span.end);
  });
  return edits;
}

}  // namespace weir::chat
