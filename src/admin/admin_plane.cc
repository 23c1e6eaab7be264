#include "admin/admin_plane.h"

#include "admin/pages.h"
#include "base/strings.h"
#include "http/error_headers.h"
#include "json/error_body.h"

namespace weir::admin {
namespace {

constexpr uint64_t kMaxBody = 4 << 20;
constexpr std::chrono::milliseconds kReadTimeout{10'000};
constexpr std::chrono::milliseconds kWriteTimeout{15'000};
constexpr std::string_view kEveryAnswer =
    "cache-control: no-store\r\nx-content-type-options: nosniff\r\n";

// A form or text/plain is what another site's page can send without asking first.
Result<void> CheckBodyType(const http::RequestHead& head) {
  std::string_view type = head.headers.Find("content-type").value_or("");
  if (EqualsIgnoreCase(Trim(type.substr(0, type.find(';'))), "application/json")) return {};
  return MakeError(Reason::kUnsupportedMediaType, "content-type must be application/json");
}

}  // namespace

AdminPlane::AdminPlane(net::Worker& worker, Door door, AdminApi api)
    : worker_(worker), door_(std::move(door)), api_(std::move(api)) {
  limits_.max_body = kMaxBody;
  limits_.read_timeout = kReadTimeout;
  limits_.write_timeout = kWriteTimeout;
}

void AdminPlane::Accept(std::unique_ptr<net::Stream> stream) {
  if (connections_.size() >= kMaxConnections || draining()) return;
  auto connection = std::make_unique<net::ServerConnection>(worker_, std::move(stream), *this);
  connections_.insert(connection.get());
  net::ServerConnection::Start(std::move(connection));
}

void AdminPlane::Stop(std::function<void()> closed) {
  closed_ = std::move(closed);
  // Ending one may change the set.
  std::vector<net::ServerConnection*> open(connections_.begin(), connections_.end());
  for (net::ServerConnection* connection : open) {
    if (connections_.contains(connection)) connection->Abort();
  }
  if (open.empty()) closed_();
}

void AdminPlane::OnClosed(net::ServerConnection* connection) {
  connections_.erase(connection);
  delete connection;
  if (closed_ && connections_.empty()) closed_();
}

Result<void> AdminPlane::Admit(const http::RequestHead& head) {
  if (head.path != kAlivePath) WEIR_CHECK_OK(door_.Enter(head));
  WEIR_TRY(const Page* page, FindPage(head.method, head.path));
  if (page->method == "POST") return CheckBodyType(head);
  return {};
}

net::Task<void> AdminPlane::Handle(net::ServerConnection& connection) {
  const http::RequestHead& head = connection.head();
  Result<const Page*> page = FindPage(head.method, head.path);
  if (!page) co_return;  // Admit() has refused it
  Ask ask{head.path, head.query, connection.body(), api_, worker_.clock().Wall()};
  Result<Answer> answer = (*page)->answer(ask);
  std::string extra(kEveryAnswer);
  if (answer) {
    extra += answer->headers;
    co_await connection.Respond(200, answer->type, extra, answer->body);
    co_return;
  }
  extra += http::ErrorHeaders(answer.error());
  std::string body = json::ErrorBody(answer.error());
  co_await connection.Respond(answer.error().status(), "application/json", extra, body);
}

net::Refusal AdminPlane::Refuse(const Error& error, const http::RequestHead* /*head*/) {
  return {std::string(kEveryAnswer) + http::ErrorHeaders(error), json::ErrorBody(error)};
}

}  // namespace weir::admin
