#include "app/ask.h"

#include "chat/score_line.h"
#include "json/object.h"
#include "json/write.h"
#include "route/explain.h"

namespace weir::app {
namespace {

Result<route::Decision> DecideBody(const route::Router& router, chat::RequestParser& parser,
                                   std::string_view name, std::string_view padded_body,
                                   const route::HealthView& health = {}) {
  WEIR_TRY(chat::Request request, parser.Parse(chat::Endpoint::kChatCompletions, padded_body,
                                               chat::ModelMember::kOptional));
  WEIR_TRY(route::Decision decision,
           router.Decide(request, {name, route::WishSource::kBody}, health));
  router.AddChances(request, &decision);
  return decision;
}

}  // namespace

Result<route::Decision> DecidePrompt(const route::Router& router, std::string_view route,
                                     std::string_view prompt) {
  std::string line;
  json::Writer writer(&line);
  writer.BeginObject();
  writer.Key("prompt");
  writer.String(prompt);
  writer.EndObject();
  WEIR_TRY(chat::ScoreLine ready, chat::ReadScoreLine(line));
  chat::RequestParser parser;
  return DecideBody(router, parser, route, ready.body);
}

Result<std::string> ExplainBody(const route::Router& router, const route::HealthView& health,
                                std::string_view body) {
  WEIR_TRY(json::Object object, json::Object::Parse(body));
  WEIR_TRY(std::optional<std::string> route, object.String("route"));
  WEIR_TRY(std::optional<std::string> model, object.String("model"));
  WEIR_TRY(chat::ScoreLine ready, chat::ReadScoreLine(body));
  chat::RequestParser parser;
  WEIR_TRY(route::Decision decision,
           DecideBody(router, parser, route ? *route : model.value_or("auto"), ready.body, health));
  return route::ExplainJson(decision, router.directory());
}

Result<std::string> ScoreLine(const route::Router& router, chat::RequestParser& parser,
                              std::string_view route, std::string_view line) {
  WEIR_TRY(chat::ScoreLine ready, chat::ReadScoreLine(line));
  WEIR_TRY(route::Decision decision, DecideBody(router, parser, route, ready.body));
  return route::ScoreJson(ready.id, decision, router.directory());
}

}  // namespace weir::app
