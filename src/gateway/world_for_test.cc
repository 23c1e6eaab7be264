#include "gateway/world_for_test.h"

#include "config/parse.h"
#include "http/body.h"
#include "route/router.h"

namespace weir::gateway {
namespace {

constexpr std::array<const provider::Dialect*, 2> kDialects = {&provider::kOpenAi,
                                                               &provider::kSimulator};
constexpr std::array<const route::ClassifierRow*, 2> kClassifiers = {&route::kSeed,
                                                                     &route::kLearned};
constexpr http::Limits kAnyHead{.max_head = 1 << 20, .max_target = 0, .max_headers = 500};

Result<std::shared_ptr<const Snapshot>> Loaded(std::string_view yaml, const Snapshot* before) {
  constexpr std::array<std::string_view, 2> kNames = {"openai", "simulator"};
  constexpr std::array<std::string_view, 2> kClassifierNames = {"seed", "learned"};
  const config::Environment no_env = [](std::string_view) { return std::nullopt; };
  WEIR_TRY(config::Settings settings, config::Parse(yaml, "weir.yaml", no_env));
  WEIR_TRY(catalog::Directory directory,
           catalog::Resolve(settings, no_env, kNames, kClassifierNames));
  WEIR_TRY(auto router,
           route::Router::Make(std::make_shared<const catalog::Directory>(std::move(directory)),
                               kClassifiers, {}, "weir.yaml"));
  return MakeSnapshot(std::move(settings), std::move(router), kDialects, before);
}

std::string Event(std::string_view choice) {
  return fmt::format("data: {{\"id\":\"c\",\"choices\":[{{\"index\":0,{}}}]}}\n\n", choice);
}

}  // namespace

std::shared_ptr<const Snapshot> SnapshotOf(std::string_view yaml, const Snapshot* before) {
  return Loaded(yaml, before).value();
}

std::string ChatBody(std::string_view model, std::string_view more) {
  return fmt::format(R"({{"model":"{}","messages":[{{"role":"user","content":"hi"}}]{}}})", model,
                     more);
}

std::string ChatReply(std::string_view content) {
  return fmt::format(
      R"({{"id":"c","choices":[{{"index":0,"message":{{"content":"{}"}},"finish_reason":"stop"}}],)"
      R"("usage":{{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}}})",
      content);
}

std::string ErrorReply(std::string_view message, std::string_view code) {
  return fmt::format(R"({{"error":{{"message":"{}","type":"t","param":null,"code":"{}"}}}})",
                     message, code);
}

std::string RoleEvent() {
  return Event(R"("delta":{"role":"assistant","content":""},"finish_reason":null)");
}
std::string ContentEvent(std::string_view content) {
  return Event(fmt::format(R"("delta":{{"content":"{}"}},"finish_reason":null)", content));
}
std::string FinishEvent() {
  return Event(R"("delta":{},"finish_reason":"stop")");
}
std::string UsageEvent() {
  return "data: {\"id\":\"c\",\"choices\":[],\"usage\":"
         "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}}\n\n";
}
std::string WholeStream(std::string_view content) {
  return RoleEvent() + ContentEvent(content) + FinishEvent() + UsageEvent() +
         std::string(kDoneEvent);
}

// Tells its client when it is freed.
class Client::Kept final : public MemoryStream {
 public:
  explicit Kept(Client& client) : client_(client) {}
  ~Kept() override {
    client_.written_ = written();
    client_.stream_ = nullptr;
  }

 private:
  Client& client_;
};

Client::Client(DataPlane& plane) {
  auto stream = std::make_unique<Kept>(*this);
  stream_ = stream.get();
  plane.Accept(std::move(stream));
}

void Client::Send(std::string bytes) {
  stream_->Feed(std::move(bytes));
}

void Client::Post(std::string_view path, std::string_view body, std::string_view headers) {
  Send(
      fmt::format("POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                  "content-length: {}\r\n{}\r\n{}",
                  path, body.size(), headers, body));
}

void Client::Leave(net::IoStatus how) {
  if (stream_ != nullptr) stream_->End(how);
}

void Client::Step() {
  while (stream_ != nullptr && stream_->Step()) {
  }
}

Client::Answer Client::answer() const {
  const std::string& written = stream_ != nullptr ? stream_->written() : written_;
  Answer answer;
  http::ResponseHead head;
  Result<size_t> size = http::ParseResponseHead(written, kAnyHead, &head);
  if (!size || *size == 0) return answer;
  answer.status = head.status;
  answer.head = written.substr(0, *size);
  std::string_view rest = std::string_view(written).substr(*size);
  http::BodyDecoder decoder(head.framing, Reason::kInternal);
  while (!decoder.ended() && !rest.empty()) {
    Result<http::BodyPiece> piece = decoder.Next(rest);
    if (!piece || (piece->consumed == 0 && !piece->end)) break;
    answer.body += piece->data;
    rest.remove_prefix(piece->consumed);
  }
  answer.whole = head.framing.kind == http::BodyKind::kUntilClose ? closed() : decoder.ended();
  return answer;
}

std::string Client::Answer::Header(std::string_view name) const {
  http::ResponseHead parsed;
  if (!http::ParseResponseHead(head, kAnyHead, &parsed)) return {};
  return std::string(parsed.headers.Find(name).value_or(""));
}

GatewayTest::GatewayTest() : state_(core_, worker_, net::MakeResolver(), net::MakeTlsContexts()) {
  InitLog({.level = LogLevel::kOff});
}

GatewayTest::~GatewayTest() {
  for (Client& client : clients_) client.Leave();
  EXPECT_TRUE(Until([&] { return plane_.open_connections() == 0; }))
      << "a connection whose client left must end";
  Pass(seconds(2));  // bodies that are drained in the background end
}

void GatewayTest::Load(const World& world) {
  state_.snapshot = SnapshotOf(WorldYaml(world, first_, second_, third_), state_.snapshot.get());
}

bool GatewayTest::Until(const std::function<bool()>& done) {
  return PollUntil(worker_, [&] {
    for (Client& client : clients_) client.Step();
    return done();
  });
}

void GatewayTest::Pass(milliseconds time) {
  clock_.Advance(time);
  for (int i = 0; i < 4; ++i) {
    worker_.Poll();
    for (Client& client : clients_) client.Step();
  }
}

Client& GatewayTest::Connect() {
  return clients_.emplace_back(plane_);
}

Client::Answer GatewayTest::Ask(std::string_view body, std::string_view headers,
                                std::string_view path) {
  Client& client = Connect();
  client.Post(path, body, headers);
  EXPECT_TRUE(Until([&] { return client.answer().whole; })) << client.answer().head;
  return client.answer();
}

ledger::Record GatewayTest::row() const {
  EXPECT_FALSE(ledger_.rows.empty());
  return ledger_.rows.empty() ? ledger::Record() : ledger_.rows.back();
}

catalog::ModelId GatewayTest::IdOf(std::string_view model) const {
  return state_.snapshot->directory->FindModel(model);
}

Breaker& GatewayTest::BreakerOf(std::string_view model) const {
  return *state_.snapshot->breakers[IdOf(model)];
}

ChainRun::ChainRun(WorkerState& state, std::string_view model, bool stream, milliseconds deadline)
    : worker_(state.worker), snapshot_(state.snapshot) {
  body_ = ChatBody(model, stream ? R"(,"stream":true)" : "");
  body_.reserve(body_.size() + json::kPadding);
  request_ = state.parser.Parse(chat::Endpoint::kChatCompletions, body_).value();
  const SteadyTime now = state.core.clock.Steady();
  SnapshotHealth health(*snapshot_, now, state.core.clock.Wall());
  decision_ = snapshot_->router->Decide(request_, {model}, health).value();
  headers_.Add("user-agent", "test");
  payment_.emplace(state, *snapshot_, row_);
  chain_.emplace(AttemptInput{state,
                              *snapshot_,
                              request_,
                              body_,
                              decision_,
                              "",
                              headers_,
                              cancel_,
                              nullptr,
                              now,
                              {now + deadline, Reason::kDeadline},
                              *payment_});
  run_.emplace(chain_->Run());
}

ChainRun::~ChainRun() {
  cancel_.Cancel();
  PollUntil(worker_, [this] { return done(); });
}

std::string ChainRun::Story() const {
  std::string story;
  for (const ledger::Attempt& attempt : chain_->attempts()) {
    if (!story.empty()) story += ' ';
    story += attempt.model.substr(attempt.model.find('/') + 1) + ":" + attempt.outcome;
  }
  return story;
}

}  // namespace weir::gateway
