#include "gateway/data_plane.h"

#include <array>

#include "base/ids.h"
#include "base/strings.h"
#include "gateway/access_log.h"
#include "gateway/exchange.h"
#include "gateway/feedback.h"
#include "gateway/model_list.h"
#include "gateway/samples.h"
#include "http/error_headers.h"
#include "http/write.h"
#include "json/error_body.h"
#include "net/origin_guard.h"

namespace weir::gateway {
namespace {

enum class Page : uint8_t {
  kChat,
  kCompletions,
  kEmbeddings,
  kFeedback,
  kModels,
  kModel,
  kHealth,
  kReady
};

struct Served {
  std::string_view path;  // after an optional "/v1"
  std::string_view method;
  Page page;
};

constexpr std::array<Served, 7> kServed = {{
    {"/chat/completions", "POST", Page::kChat},
    {"/completions", "POST", Page::kCompletions},
    {"/embeddings", "POST", Page::kEmbeddings},
    {"/feedback", "POST", Page::kFeedback},
    {"/models", "GET", Page::kModels},
    {"/healthz", "GET", Page::kHealth},
    {"/readyz", "GET", Page::kReady},
}};
constexpr std::string_view kModelPrefix = "/models/";
constexpr std::string_view kServedText =
    "POST /v1/chat/completions, POST /v1/completions, POST /v1/embeddings, POST /v1/feedback, "
    "GET /v1/models, "
    "GET /v1/models/{id}, GET /healthz, GET /readyz";

std::string_view WithoutVersion(std::string_view path) {
  return path.starts_with("/v1/") ? path.substr(3) : path;
}

Result<Served> Find(std::string_view path, std::string_view method) {
  std::string_view bare = WithoutVersion(path);
  Served found{};
  for (const Served& served : kServed) {
    if (served.path == bare) found = served;
  }
  if (bare.starts_with(kModelPrefix) && bare.size() > kModelPrefix.size()) {
    found = {kModelPrefix, "GET", Page::kModel};
  }
  if (found.path.empty()) {
    return MakeError(Reason::kUnsupportedEndpoint,
                     fmt::format("nothing is served at this path; served are: {}", kServedText));
  }
  if (found.method != method) {
    Error error = MakeError(Reason::kMethodNotAllowed,
                            fmt::format("this path is served for {} only", found.method));
    error.allow = found.method;
    return error;
  }
  return found;
}

std::optional<chat::Endpoint> EndpointOf(Page page) {
  switch (page) {
    case Page::kChat:
      return chat::Endpoint::kChatCompletions;
    case Page::kCompletions:
      return chat::Endpoint::kCompletions;
    case Page::kEmbeddings:
      return chat::Endpoint::kEmbeddings;
    case Page::kFeedback:
    case Page::kModels:
    case Page::kModel:
    case Page::kHealth:
    case Page::kReady:
      return std::nullopt;
  }
  return std::nullopt;
}

bool IsJson(const http::RequestHead& head) {
  auto type = head.headers.Find("content-type");
  if (!type) return false;
  return EqualsIgnoreCase(Trim(type->substr(0, type->find(';'))), "application/json");
}

// A form or text/plain is what another site's page can send without asking first.
Result<void> AdmitBody(const http::RequestHead& head, bool open) {
  if (open && !IsJson(head)) {
    return MakeError(Reason::kUnsupportedMediaType, "content-type must be application/json");
  }
  auto encoding = head.headers.Find("content-encoding");
  if (encoding && !EqualsIgnoreCase(*encoding, "identity")) {
    return MakeError(Reason::kUnsupportedMediaType, "request bodies must not be compressed");
  }
  return {};
}

// Proxies may join repeated fields with commas.
bool Lists(std::string_view values, std::string_view value) {
  for (;;) {
    const size_t comma = values.find(',');
    if (Trim(values.substr(0, comma)) == value) return true;
    if (comma == values.npos) return false;
    values.remove_prefix(comma + 1);
  }
}

// A gateway whose provider is, in the end, itself would ask itself for ever.
Result<void> AdmitHop(const http::RequestHead& head, std::string_view via) {
  for (const http::Header& header : head.headers.all()) {
    if (!EqualsIgnoreCase(header.name, kViaHeader) || !Lists(header.value, via)) continue;
    return MakeError(Reason::kLoopDetected,
                     "this request has come back: a provider's base_url leads to this gateway");
  }
  return {};
}

}  // namespace

void DataPlane::Accept(std::unique_ptr<net::Stream> stream) {
  auto connection =
      std::make_unique<net::ServerConnection>(worker_.worker, std::move(stream), *this);
  connections_.insert(connection.get());
  net::ServerConnection::Start(std::move(connection));
}

size_t DataPlane::open_connections() const {
  return connections_.size() + worker_.samples->running();
}

void DataPlane::CloseIdle() {
  // Closing may end a connection at once and change the set.
  std::vector<net::ServerConnection*> open(connections_.begin(), connections_.end());
  for (net::ServerConnection* connection : open) {
    if (connections_.contains(connection)) connection->CloseWhenIdle();
  }
}

void DataPlane::CancelAll() {
  for (net::ServerConnection* connection : connections_) connection->Abort();
}

void DataPlane::OnClosed(net::ServerConnection* connection) {
  connections_.erase(connection);
  delete connection;
}

Result<void> DataPlane::Admit(const http::RequestHead& head) {
  WEIR_TRY(Served served, Find(head.path, head.method));
  if (served.page == Page::kHealth || served.page == Page::kReady) return {};
  const limits::KeyRing& keys = *worker_.snapshot->keys;
  WEIR_CHECK_OK(Authenticate(keys, head.headers, worker_.clock().Wall()));
  // Without keys a page of another site in a browser of this machine could ask as well.
  if (keys.open()) WEIR_CHECK_OK(net::CheckOrigin(head, worker_.snapshot->settings.listen.host));
  WEIR_CHECK_OK(AdmitHop(head, worker_.core.via));
  if (served.method == "POST") return AdmitBody(head, keys.open());
  return {};
}

net::Task<void> DataPlane::Handle(net::ServerConnection& connection) {
  Result<Served> served = Find(connection.head().path, connection.head().method);
  if (!served) co_return;  // Admit() has refused it
  std::optional<chat::Endpoint> endpoint = EndpointOf(served->page);
  if (endpoint) {
    Exchange exchange(worker_, connection, *endpoint);
    co_await exchange.Run();
    co_return;
  }
  if (served->page == Page::kFeedback) {
    co_await TakeFeedback(connection);
    co_return;
  }
  if (served->page == Page::kModels || served->page == Page::kModel) {
    co_await AnswerModels(connection);
    co_return;
  }
  bool ready = served->page == Page::kHealth || !draining();
  const bool degraded = worker_.core.redis && worker_.core.redis->down();
  std::string_view body = ready ? R"({"status":"ok"})" : R"({"status":"draining"})";
  if (ready && degraded) body = R"({"status":"ok","degraded":["redis"]})";
  co_await connection.Respond(ready ? 200 : 503, "application/json", "", body);
}

net::Task<void> DataPlane::TakeFeedback(net::ServerConnection& connection) {
  const WallMicros now = worker_.clock().Wall();
  const std::shared_ptr<const Snapshot> snapshot = worker_.snapshot;
  const auto key = Authenticate(*snapshot->keys, connection.head().headers, now);
  Result<ledger::Record> row =
      key ? FeedbackRow(connection.body(), *key, now) : Result<ledger::Record>(key.error());
  const int status = row ? 200 : row.error().status();
  const std::string_view outcome = row ? "ok" : Traits(row.error().reason).name;
  std::string headers = LogAndName(&connection.head(), status, outcome);
  if (row) {
    worker_.rows.Add(*row);
    co_await worker_.rows.Written();
  } else {
    headers += http::ErrorHeaders(row.error());
  }
  const std::string text = row ? R"({"ok":true})" : json::ErrorBody(row.error());
  co_await connection.Respond(status, "application/json", headers, text);
}

net::Task<void> DataPlane::AnswerModels(net::ServerConnection& connection) {
  const std::shared_ptr<const Snapshot> snapshot = worker_.snapshot;
  const catalog::Directory& directory = *snapshot->directory;
  const auto shown =
      Authenticate(*snapshot->keys, connection.head().headers, worker_.clock().Wall());
  if (!shown) {
    const Error& error = shown.error();
    const std::string lines =
        LogAndName(&connection.head(), error.status(), Traits(error.reason).name);
    const std::string refusal = json::ErrorBody(error);
    co_await connection.Respond(error.status(), "application/json", lines, refusal);
    co_return;
  }
  const limits::Key* key = *shown;
  std::string_view id = WithoutVersion(connection.head().path);
  id.remove_prefix(std::min(id.size(), kModelPrefix.size()));
  Result<std::string> body = id.empty() ? Result<std::string>(ModelListJson(directory, key))
                                        : ModelJson(directory, id, key);
  const int status = body ? 200 : body.error().status();
  const std::string_view outcome = body ? "ok" : Traits(body.error().reason).name;
  std::string headers = LogAndName(&connection.head(), status, outcome);
  std::string text = body ? *body : json::ErrorBody(body.error());
  co_await connection.Respond(status, "application/json", headers, text);
}

net::Refusal DataPlane::Refuse(const Error& error, const http::RequestHead* head) {
  std::string headers = LogAndName(head, error.status(), Traits(error.reason).name);
  worker_.traffic.CountRefused(error.reason);
  return {headers + http::ErrorHeaders(error), json::ErrorBody(error)};
}

std::string DataPlane::LogAndName(const http::RequestHead* head, int status,
                                  std::string_view outcome) const {
  LogEntry entry;
  entry.time = worker_.clock().Wall();
  entry.id = NewRequestId(entry.time);
  entry.status = status;
  entry.outcome = outcome;
  if (head != nullptr) {
    entry.method = head->method;
    entry.path = head->path;
  }
  LogRequest(entry);
  std::string line;
  http::HeadWriter(&line).Field("x-weir-id", entry.id.ToString());
  return line;
}

}  // namespace weir::gateway
