#include "net/redis_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ids.h"
#include "net/wait.h"

namespace weir::net {
namespace {

using Kind = RedisReply::Kind;

// Up to a quarter more, so that the workers and nodes which lost Redis together come back apart.
std::chrono::nanoseconds Jitter(std::chrono::nanoseconds of) {
  const auto most = static_cast<uint64_t>(of.count()) / 4;
  return std::chrono::nanoseconds(most == 0 ? 0 : FastRandom() % most);
}

RedisCommand AuthCommand(const RedisTarget& target) {
  const std::string_view password = target.password.Reveal();
  if (target.user.empty()) return {{"AUTH", password}, Kind::kStatus};
  return {{"AUTH", target.user, password}, Kind::kStatus};
}

// A server may repeat what it was sent.
std::string WithoutPassword(const RedisTarget& target, const RedisReply& error) {
  const bool repeats =
      !target.password.empty() && error.text.find(target.password.Reveal()) != std::string::npos;
  return repeats ? std::string(error.code()) : error.text;
}

}  // namespace

RedisClient::RedisClient(Worker& worker, UpstreamPool& pool, Options options, Shared shared,
                         std::function<void()> on_ready)
    : worker_(worker),
      pool_(pool),
      options_(std::move(options)),
      shared_(shared),
      on_ready_(std::move(on_ready)),
      connect_(worker),
      settle_(worker) {
  ConnectLater();
}

RedisClient::~RedisClient() = default;

void RedisClient::ConnectLater() {
  const std::chrono::nanoseconds between = options_.patience.between_connects;
  SteadyTime at = worker_.clock().Steady();
  if (last_connect_ != SteadyTime::min()) {
    at = std::max(at, last_connect_ + between) + Jitter(between);
  }
  connect_.Start(
      at,
      [](void* self) {
        auto* client = static_cast<RedisClient*>(self);
        client->connecting_ = OwnedTask(client->Connect());
      },
      this);
}

Task<void> RedisClient::Connect() {
  last_connect_ = worker_.clock().Steady();
  connection_.reset();
  auto dialled = co_await pool_.Acquire(options_.target.endpoint,
                                        last_connect_ + options_.patience.connect, true, nullptr);
  if (!dialled) {
    Lose(std::move(dialled).error().message);
    ConnectLater();
    co_return;
  }
  RedisConnection::Owner& self = *this;
  connection_ = std::make_unique<RedisConnection>(worker_, std::move(dialled->stream),
                                                  options_.limits, shared_.traffic, self);
  Greet();
}

void RedisClient::Greet() {
  const RedisTarget& target = options_.target;
  state_ = State::kGreeting;
  greetings_sent_ = greeted_ = 0;
  if (!target.password.empty()) SayHello(AuthCommand(target));
  if (target.database != 0) {
    SayHello({{"SELECT", fmt::format("{}", target.database)}, Kind::kStatus});
  }
  SayHello({{"SET", target.probe_key, "1", "PX", "1000"}, Kind::kStatus});
}

void RedisClient::SayHello(RedisCommand command) {
  RedisCall& call = greetings_[greetings_sent_++].emplace(
      [](RedisCall* answered) { static_cast<RedisClient*>(answered->owner)->OnGreeted(*answered); },
      this);
  connection_->Send(std::move(command), &call);
}

void RedisClient::OnGreeted(const RedisCall& call) {
  if (call.end != RedisEnd::kAnswered) return;
  if (call.reply.kind == Kind::kError) {
    return connection_->End(WithoutPassword(options_.target, call.reply));
  }
  if (++greeted_ == greetings_sent_) BeReady();
}

void RedisClient::BeReady() {
  state_ = State::kReady;
  if (std::exchange(lost_, false)) {
    failures_ = 0;
    shared_.outage.End();
    Settle();
  }
  on_ready_();
}

// One error alone says little; five in a row, or one that says that Redis can or will not serve us,
// end the connection, and the greeting judges whether another one is of use.
void RedisClient::Answered(const RedisReply& reply) {
  if (state_ != State::kReady) return;
  if (reply.kind != Kind::kError || reply.code() == "WRONGTYPE") {
    failures_ = 0;
    return;
  }
  failures_ = reply.code() == "ERR" ? failures_ + 1 : options_.patience.failures;
  if (failures_ >= options_.patience.failures) connection_->End(reply.text);
}

void RedisClient::Ended(size_t unanswered, std::string why) {
  const bool greeting = std::exchange(state_, State::kAway) == State::kGreeting;
  failures_ += static_cast<int>(unanswered);
  if (greeting || failures_ >= options_.patience.failures) Lose(std::move(why));
  ConnectLater();
}

void RedisClient::Lose(std::string why) {
  if (std::exchange(lost_, true)) return;
  shared_.outage.Begin(std::move(why));
  Settle();
}

void RedisClient::Settle() {
  const SteadyTime again = shared_.outage.Settle();
  if (again == SteadyTime::max()) return settle_.Cancel();
  settle_.Start(again, [](void* self) { static_cast<RedisClient*>(self)->Settle(); }, this);
}

bool RedisClient::Send(RedisCommand command, RedisCall* call) {
  return ready() && connection_->Send(std::move(command), call);
}

Task<RedisAnswer> RedisClient::Ask(RedisCommand command) {
  Wait wait(worker_, SteadyTime::max(), nullptr);
  RedisCall call([](RedisCall* done) { static_cast<Wait*>(done->owner)->Wake(); }, &wait);
  if (!Send(std::move(command), &call)) co_return RedisAnswer();
  co_await wait;
  co_return RedisAnswer{call.end, std::move(call.reply)};
}

void RedisClient::Distrust(std::string why) {
  if (connection_) connection_->End(std::move(why));
}

}  // namespace weir::net
