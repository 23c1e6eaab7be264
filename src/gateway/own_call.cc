#include "gateway/own_call.h"

#include "gateway/request_size.h"
#include "quality/answer_text.h"

namespace weir::gateway {
namespace {

constexpr auto kPatience = std::chrono::minutes(10);

// What is to be booked if the process dies before the calls' row is written.
void JournalPromise(const OwnCall& call, const catalog::Model& model, limits::Money promised) {
  ledger::Record reserve = call.promise;
  reserve.kind = ledger::kReserve;
  reserve.model = model.name;
  reserve.cost = promised.all;
  call.worker.rows.Add(reserve);
}

Result<void> Pay(OwnCall& call, const catalog::Model& model, const chat::Request& request,
                 size_t body_bytes) {
  if (!model.prices) return MakeError(Reason::kForbidden, model.name + " has no price");
  const RequestSize size = SizeOf(request, body_bytes);
  if (!size.prompt) return MakeError(Reason::kForbidden, "nobody knows how long its documents are");
  WEIR_TRY(const NanoUsd most, catalog::HighestCost(*size.prompt, MostAnswerTokens(size, &model),
                                                    *model.prices, call.time));
  const auto grant = call.tab.Reserve({most, {}}, call.time, [] {});
  call.tab.Withdraw();  // nothing of ours is worth waiting for
  if (grant == limits::Tab::Grant::kYes) {
    JournalPromise(call, model, call.tab.spent() + call.tab.held());
    return {};
  }
  return MakeError(Reason::kBudgetExceeded, "the budget of measuring is spent");
}

}  // namespace

net::Task<Result<std::string>> AskForText(OwnCall& call, catalog::ModelId model, std::string body,
                                          std::string_view role) {
  body.reserve(body.size() + json::kPadding);
  const catalog::Directory& directory = *call.snapshot.directory;
  const catalog::Model& named = directory.model(model);
  Result<chat::Request> parsed = call.worker.parser.Parse(chat::Endpoint::kChatCompletions, body,
                                                          chat::ModelMember::kOptional);
  if (!parsed) co_return parsed.error();
  chat::Request request = *std::move(parsed);
  const SteadyTime now = call.worker.clock().Steady();
  const SnapshotHealth health(call.snapshot, now, call.time);
  Result<route::Decision> decided =
      call.snapshot.router->Decide(request, {named.name, route::WishSource::kHeader}, health);
  if (!decided) co_return decided.error();
  route::Decision decision = *std::move(decided);
  std::erase_if(decision.candidates, [&](const route::Candidate& candidate) {
    return !directory.AreTwins(named.id, candidate.model);
  });
  if (decision.candidates.empty() || !decision.candidates.front().healthy) {
    co_return MakeError(Reason::kNoEligibleModel, "the model cannot be asked now");
  }
  // There is one attempt, so the first candidate is the one.
  const catalog::Model& asked = directory.model(decision.candidates.front().model);
  Result<void> paid = Pay(call, asked, request, body.size());
  if (!paid) co_return paid.error();
  request.model = request.last_user = request.all_text = request.prompt_cache_key =
      request.user = {};
  request.members = {};
  co_await call.worker.rows.Written();  // the promise, before the upstream hears of it
  ledger::Record row;                   // of nobody: the caller writes one for all its calls
  Payment nobody(call.worker, call.snapshot, row);
  const http::HeaderList headers;
  AttemptChain chain({call.worker,
                      call.snapshot,
                      request,
                      body,
                      decision,
                      "",
                      headers,
                      call.cancel,
                      nullptr,
                      now,
                      {now + kPatience, Reason::kDeadline},
                      nobody,
                      true});
  Result<Answer> answer = co_await chain.Run();
  NanoUsd cost;
  for (ledger::Attempt& attempt : chain.attempts()) {
    cost = AddSaturating(cost, attempt.cost);
    attempt.role = role;
    call.attempts.push_back(std::move(attempt));
  }
  // As Payment does: the rest is others' once the journal knows.
  JournalPromise(call, asked, call.tab.spent() + limits::Money{cost, {}});
  co_await call.worker.rows.Written();
  call.tab.Settle({cost, {}});
  if (!answer) co_return answer.error();
  co_return quality::PlainAnswerText(*answer->body);
}

}  // namespace weir::gateway
