#include "gateway/payment.h"

#include "base/strings.h"
#include "gateway/credentials.h"
#include "http/write.h"
#include "net/doorbell.h"

namespace weir::gateway {
namespace {

using Grant = limits::Tab::Grant;
using limits::Money;
using limits::Room;
using limits::RoomFor;

constexpr auto kLongestWait = std::chrono::seconds(30);
constexpr size_t kMaxUserBytes = 128;
constexpr std::string_view kNobody = "-";  // who names no user is one, too

Error Unauthorized(std::string message) {
  return MakeError(Reason::kUnauthorized, std::move(message));
}

bool IsStrongRoom(const RoomFor& room) {
  return room.room == Room::kStrong || room.room == Room::kStrongHeld;
}

void WriteRate(std::string_view what, const limits::RateState& state, http::HeadWriter* writer) {
  if (state.limit == 0) return;
  const auto name = [what](std::string_view part) {
    return fmt::format("x-ratelimit-{}-{}", part, what);
  };
  writer->Field(name("limit"), static_cast<uint64_t>(state.limit));
  writer->Field(name("remaining"), static_cast<uint64_t>(state.left));
  writer->Field(name("reset"), FormatDuration(state.reset));
}

}  // namespace

Result<const limits::Key*> Authenticate(const limits::KeyRing& keys,
                                        const http::HeaderList& headers, WallMicros now) {
  if (keys.open()) return nullptr;
  const limits::Key* shown = nullptr;
  for (const http::Header& header : headers.all()) {
    const auto credential = CredentialOf(header);
    if (!credential) continue;
    const limits::Key* key = keys.Find(*credential);
    if (key == nullptr) return Unauthorized("the API key is not known here");
    if (shown != nullptr && shown != key) return Unauthorized("two API keys that differ are shown");
    shown = key;
  }
  if (shown == nullptr) {
    return Unauthorized("an API key is needed: authorization: Bearer KEY, or x-api-key: KEY");
  }
  if (shown->expired(now)) return Unauthorized("the API key has expired");
  return shown;
}

Payment::Payment(WorkerState& worker, const Snapshot& snapshot, ledger::Record& row)
    : worker_(worker), snapshot_(snapshot), row_(row) {}

Result<void> Payment::Enter(const http::HeaderList& headers) {
  WEIR_TRY(key_, Authenticate(*snapshot_.keys, headers, row_.time));
  if (key_ == nullptr) return {};
  row_.key = key_->name;
  row_.team = key_->team;
  return {};
}

Result<void> Payment::Permit(std::string_view wish) {
  if (key_ == nullptr) return {};
  const auto forbidden = [this](std::string_view what) {
    return MakeError(Reason::kForbidden, fmt::format("the key `{}` {}", key_->name, what), "model");
  };
  if (const catalog::Route* route = snapshot_.directory->FindRoute(wish)) {
    if (key_->MayAsk(*route)) return {};
    return forbidden(fmt::format("may not use the route `{}`", route->name));
  }
  const catalog::ModelId model = snapshot_.directory->FindModel(wish);
  const bool open = snapshot_.directory->FindOpenProvider(wish).has_value();
  if (model == catalog::kNoModel && !open) return {};  // the router says what is unknown
  pinned_ = true;
  if (!key_->may_override()) {
    return forbidden("may not choose a model: ask for a route (allow_override)");
  }
  const bool listed = model == catalog::kNoModel ? !key_->terms.models : key_->MayPin(model);
  if (listed) return {};
  return forbidden(fmt::format("may not use the model `{}`", Utf8Prefix(wish, 200)));
}

Result<void> Payment::Begin(const chat::Request& request, size_t body_bytes) {
  if (key_ == nullptr) return {};
  if (key_->counts_users()) {
    row_.user = request.user.empty() ? kNobody : Utf8Prefix(request.user, kMaxUserBytes);
  }
  size_ = SizeOf(request, body_bytes);
  tab_.emplace(worker_.core.accounts, key_->PartiesIn(worker_.core.accounts, row_.user), row_.time);
  budgeted_ = tab_->has_budget();
  if (key_->refuses_strong()) tab_->WaitForStrong();
  return tab_->Begin(worker_.clock().Steady());
}

bool Payment::IsStrong(const catalog::Model* model) const {
  return model != nullptr && snapshot_.keys->IsStrong(model->id);
}

Money Payment::Most(const catalog::Model* model, const catalog::Prices& prices, bool strong) const {
  const auto cost = catalog::HighestCost(MostPromptTokens(size_, model),
                                         MostAnswerTokens(size_, model), prices, row_.time);
  const NanoUsd most = cost ? *cost : NanoUsd{INT64_MAX};
  return {most, strong ? most : NanoUsd{}};
}

std::optional<route::Rejected> Payment::Barred(catalog::ModelId id) const {
  using route::Rejected;
  using route::Rejection;
  if (key_ == nullptr) return std::nullopt;
  if (pinned_ && !key_->MayPin(id)) {
    return Rejected{id, Rejection::kNotAllowed, "may not be used with this key"};
  }
  if (!budgeted_) return std::nullopt;
  const catalog::Model& model = snapshot_.directory->model(id);
  if (!model.prices) {
    return Rejected{id, Rejection::kUnpriced, "has no price, and the key has a budget"};
  }
  const Money most = Most(&model, *model.prices, IsStrong(&model));
  const RoomFor room = tab_->RoomOf(most, row_.time);
  const bool strong = IsStrongRoom(room) && !key_->refuses_strong();
  if (room.room != Room::kSpent && !strong) return std::nullopt;
  renewal_ = room.renewal;
  return Rejected{
      id, strong ? Rejection::kStrongBudget : Rejection::kBudget,
      fmt::format("may cost up to {} USD, and less is left of a budget", FormatUsd(most.all))};
}

Result<void> Payment::Expect(const route::Decision& decision) {
  if (!tab_) return {};
  const int64_t answer = size_.answer > 0 ? std::min(size_.answer, decision.expected_answer_tokens)
                                          : decision.expected_answer_tokens;
  return tab_->TakeTokens(decision.estimated_prompt_tokens + answer, worker_.clock().Steady());
}

void Payment::AddRenewal(Error* error) const {
  if (error->reason != Reason::kBudgetExceeded || renewal_ == 0) return;
  const int64_t left = renewal_ - worker_.clock().Wall();
  error->retry_after = std::chrono::milliseconds(std::max<int64_t>(1, left / 1000));
}

Error Payment::Refusal(const RoomFor& room) const {
  if (room.room == Room::kHeld || room.room == Room::kStrongHeld) {
    Error held = MakeError(Reason::kRateLimited,
                           "what is left of the budget is held by requests that are at work");
    held.retry_after = std::chrono::seconds(1);
    return held;
  }
  Error spent = MakeError(Reason::kBudgetExceeded,
                          room.room == Room::kStrong
                              ? "what strong models may cost is spent (strong_usd)"
                              : "the request may cost more than what is left of a budget");
  renewal_ = room.renewal;
  AddRenewal(&spent);
  return spent;
}

// The row that says what is to be booked if this process dies before the request's own row.
void Payment::Journal(std::string_view model, Money promised) const {
  ledger::Record reserve;
  reserve.id = row_.id;
  reserve.time = row_.time;
  reserve.kind = ledger::kReserve;
  reserve.endpoint = row_.endpoint;
  reserve.requested = row_.requested;
  reserve.route = row_.route;
  reserve.tier = row_.tier;
  reserve.key = row_.key;
  reserve.team = row_.team;
  reserve.user = row_.user;
  reserve.model = model;
  reserve.cost = promised.all;
  reserve.strong_cost = promised.strong;
  worker_.rows.Add(reserve);
}

net::Task<Result<void>> Payment::Reserve(const Target& target, SteadyTime deadline,
                                         net::CancelToken* cancel) {
  strong_was_taken_ = false;
  if (!tab_) co_return Result<void>();
  unsettled_ = true;
  if (!budgeted_) co_return Result<void>();
  const catalog::Prices* prices = target.prices();
  if (prices == nullptr) {
    co_return MakeError(
        Reason::kForbidden,
        fmt::format("{} has no price, and the key `{}` has a budget", target.name, key_->name));
  }
  const Money most = Most(target.model, *prices, IsStrong(target.model));
  net::Doorbell bell(worker_.worker);
  const auto wake = [button = bell.button()] { net::Doorbell::Press(*button); };
  Grant grant = tab_->Reserve(most, row_.time, wake);
  if (grant == Grant::kWaiting) {
    const SteadyTime until = std::min(deadline, worker_.clock().Steady() + kLongestWait);
    const auto heard = co_await bell.Wait(until, cancel);
    tab_->Withdraw();
    grant = tab_->grant();
    if (heard == net::Doorbell::Heard::kCancelled && grant != Grant::kYes) {
      co_return MakeError(Reason::kClientGone, "the client left");
    }
  }
  if (grant != Grant::kYes) {
    strong_was_taken_ = IsStrongRoom(tab_->refusal()) && !key_->refuses_strong();
    co_return Refusal(tab_->refusal());
  }
  Journal(target.name, tab_->spent() + tab_->held());
  co_await worker_.rows.Written();
  co_return Result<void>();
}

void Payment::SettleAnswered(const Target& target, NanoUsd cost) {
  if (!tab_ || !unsettled_) return;
  unsettled_ = false;
  const NanoUsd strong = IsStrong(target.model) ? cost : NanoUsd{};
  row_.strong_cost = AddSaturating(row_.strong_cost, strong);
  owed_ = {cost, strong};
}

// Else the promise would stand in the journal beside that of whoever gets the money next, and after
// kill -9 both would be booked.
net::Task<void> Payment::SettleFailed(const Target& target, NanoUsd cost) {
  SettleAnswered(target, cost);
  if (owed_ && budgeted_) {
    Journal(target.name, tab_->spent() + *owed_);
    co_await worker_.rows.Written();
  }
  Release();
}

void Payment::Release() {
  if (!owed_) return;
  tab_->Settle(*owed_);
  owed_.reset();
}

net::Task<void> Payment::Booked() {
  return owed_ ? ReleaseBooked() : worker_.rows.Written();
}

net::Task<void> Payment::ReleaseBooked() {
  co_await worker_.rows.Written();
  Release();
}

void Payment::Close() {
  if (!tab_) return;
  const bool bought = !row_.attempts.empty();
  tab_->Used(bought ? row_.tokens.prompt + row_.tokens.completion : 0, worker_.clock().Steady());
}

void Payment::AppendRates(std::string* lines) const {
  if (!tab_) return;
  const SteadyTime now = worker_.clock().Steady();
  http::HeadWriter writer(lines);
  WriteRate("requests", tab_->requests(now), &writer);
  WriteRate("tokens", tab_->tokens(now), &writer);
}

}  // namespace weir::gateway
