#include "app/redo.h"

#include <algorithm>

#include "chat/score_line.h"
#include "gateway/accounting.h"
#include "json/object.h"
#include "route/explain.h"
#include "route/gate.h"
#include "route/learned/answer_length.h"
#include "route/learned/built_in.h"
#include "route/learned/prompt_reader.h"

namespace weir::app {
namespace {

using catalog::ModelId;

std::optional<NanoUsd> CostOf(const catalog::Directory& directory, ModelId id,
                              const catalog::Usage& usage, WallMicros time) {
  if (id == catalog::kNoModel || !directory.model(id).prices) return std::nullopt;
  const Result<NanoUsd> cost = catalog::Cost(usage, *directory.model(id).prices, time);
  if (!cost) return std::nullopt;
  return *cost;
}

const route::Chance* ChanceBy(const route::Decision& decision, const catalog::Directory& directory,
                              const std::string& model) {
  const ModelId id = directory.FindModel(model);
  const route::Chance* chance = id == catalog::kNoModel ? nullptr : route::ChanceOf(decision, id);
  return chance == nullptr || chance->basis == route::Basis::kNone ? nullptr : chance;
}

// Of the models before and after; null: not known.
void SetChances(const route::Chance* was, const route::Chance* is, Redone* redone) {
  if (was != nullptr) redone->before.chance = was->good;
  if (is != nullptr) redone->after.chance = is->good;
  redone->calibrated = was != nullptr && is != nullptr && was->proven() && is->proven();
}

Side SideOf(const route::Decision& decision, const catalog::Directory& directory,
            const catalog::Usage& usage, WallMicros time = catalog::kNoTime) {
  Side side;
  const route::Candidate& first = decision.candidates.front();
  side.model = route::CandidateName(first, decision, directory);
  side.tier = decision.tier;
  side.cost = CostOf(directory, first.model, usage, time);
  return side;
}

}  // namespace

// What the built-in weights make of a prompt, whatever the configs do.
class TextRedo::Reader {
 public:
  Reader() { readable_ = weights_.Load(route::learned::BuiltInWeights()); }
  std::string Read(const chat::Request& request, int64_t* answer_tokens) {
    if (!readable_) return {};
    const route::learned::Evaluation evaluation = reader_.Read(weights_, request);
    *answer_tokens = route::learned::AnswerTokens(evaluation);
    return std::string(route::learned::LikeliestType(evaluation));
  }

 private:
  route::learned::Weights weights_;
  route::learned::PromptReader reader_;
  bool readable_ = false;
};

TextRedo::TextRedo(const Loaded& before, const Loaded& after)
    : before_(before), after_(after), reader_(std::make_unique<Reader>()) {}
TextRedo::~TextRedo() = default;

Result<void> TextRedo::Take(std::string_view line, std::string_view route, Replay* replay) {
  WEIR_TRY(json::Object object, json::Object::Parse(line));
  WEIR_TRY(const std::optional<std::string> own_route, object.String("route"));
  WEIR_TRY(const chat::ScoreLine ready, chat::ReadScoreLine(line));
  WEIR_TRY(const chat::Request request, parser_.Parse(chat::Endpoint::kChatCompletions, ready.body,
                                                      chat::ModelMember::kOptional));
  const route::Wish wish{own_route ? std::string_view(*own_route) : route,
                         route::WishSource::kBody};
  Result<route::Decision> before = before_.router->Decide(request, wish, route::HealthView());
  Result<route::Decision> after = after_.router->Decide(request, wish, route::HealthView());
  if (!before || !after) {
    const Error& error = before ? after.error() : before.error();
    replay->Skip(
        fmt::format("{} config: {}", before ? "the new" : "the old", Traits(error.reason).name));
    return {};
  }
  before_.router->AddChances(request, &*before);
  after_.router->AddChances(request, &*after);
  catalog::Usage usage{.prompt = before->estimated_prompt_tokens,
                       .completion = route::kAssumedAnswerTokens};
  Redone redone;
  redone.task = reader_->Read(request, &usage.completion);
  redone.before = SideOf(*before, before_.router->directory(), usage);
  redone.after = SideOf(*after, after_.router->directory(), usage);
  const catalog::Directory& fresh = after_.router->directory();
  const route::Chance* was = ChanceBy(*after, fresh, redone.before.model);
  if (was == nullptr) was = ChanceBy(*before, before_.router->directory(), redone.before.model);
  const route::Chance* is = ChanceBy(*after, fresh, redone.after.model);
  SetChances(was, is, &redone);
  replay->Add(redone);
  return {};
}

void TextRedo::Again(const ledger::Record& row, std::string_view text, Replay* replay) {
  if (!IsRedoable(row, replay)) return;
  std::string body;
  body.reserve(text.size() + json::kPadding);
  body = text;
  const auto endpoint = row.endpoint == chat::EndpointName(chat::Endpoint::kCompletions)
                            ? chat::Endpoint::kCompletions
                            : chat::Endpoint::kChatCompletions;
  const auto request = parser_.Parse(endpoint, body, chat::ModelMember::kOptional);
  const bool alone = row.route.empty() || row.reason.starts_with("sticky");
  if (!request || alone || after_.router->directory().FindRoute(row.route) == nullptr) {
    return RedoRow(row, before_, after_, replay);
  }
  Result<route::Decision> after =
      after_.router->Decide(*request, {row.route, route::WishSource::kBody}, route::HealthView());
  if (!after) {
    return replay->Skip(fmt::format("the new config: {}", Traits(after.error().reason).name));
  }
  after_.router->AddChances(*request, &*after);
  const catalog::Directory& fresh = after_.router->directory();
  Redone redone;
  redone.task = row.task;
  redone.before.model = row.model;
  redone.before.tier = row.tier;
  if (row.priced) redone.before.cost = row.cost;
  redone.after = SideOf(*after, fresh, gateway::UsageOf(row.tokens), row.time);
  const route::Chance* was = ChanceBy(*after, fresh, redone.before.model);
  const route::Chance* is = ChanceBy(*after, fresh, redone.after.model);
  SetChances(was, is, &redone);
  replay->Add(redone);
}

}  // namespace weir::app
