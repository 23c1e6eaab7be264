#include "chat/rewrite.h"

#include <algorithm>

#include "base/strings.h"

namespace weir::chat {
namespace {

constexpr std::string_view kAskUsage = R"("include_usage":true)";

// Inserts members right behind a '{'.
void AppendInserted(std::string_view member, std::string* bytes) {
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
    return {request.stream_options, "{" + std::string(kAskUsage) + "}"};
  }
  size_t at = request.stream_options.begin + 1;
  return {{at, at}, std::string(kAskUsage) + (IsEmptyObject(options) ? "" : ",")};
}

}  // namespace

std::vector<json::Edit> EditsFor(const Request& request, std::string_view body,
                                 const Rewrite& rewrite) {
  std::vector<json::Edit> edits;
  edits.reserve(3);
  std::string model;
  AppendJsonString(&model, rewrite.model);
  bool ask = rewrite.ask_usage && !request.include_usage;

  json::Edit inserted{{request.object_begin, request.object_begin}, {}};
  if (request.model_value.empty()) AppendInserted("\"model\":" + model, &inserted.bytes);
  if (ask && request.stream_options.empty()) {
    AppendInserted("\"stream_options\":{" + std::string(kAskUsage) + "}", &inserted.bytes);
  }
  if (!inserted.bytes.empty() && !request.object_empty) inserted.bytes += ',';

  if (!inserted.bytes.empty()) edits.push_back(std::move(inserted));
  if (!request.model_value.empty()) edits.push_back({request.model_value, std::move(model)});
  if (ask && !request.stream_options.empty()) edits.push_back(AskInside(request, body));
  std::sort(edits.begin(), edits.end(),
            [](const json::Edit& a, const json::Edit& b) { return a.span.begin < b.span.begin; });
  return edits;
}

}  // namespace weir::chat
