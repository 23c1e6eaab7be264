// The admin plane's HTTP surface; lives on its own worker's thread.
#pragma once

#include <memory>
#include <string>
#include <unordered_set>

#include "admin/admin_api.h"
#include "admin/door.h"
#include "net/server_connection.h"

namespace weir::admin {

class AdminPlane final : public net::RequestHandler {
 public:
  static constexpr size_t kMaxConnections = 128;  // one more is closed at once

  AdminPlane(net::Worker& worker, Door door, AdminApi api);

  void Accept(std::unique_ptr<net::Stream> stream);
  // Ends idle connections now, busy ones after their response. `closed` is called, on this thread,
  // when the last one has gone.
  void Stop(std::function<void()> closed);

  net::ServerLimits limits() override { return limits_; }
  Result<void> Admit(const http::RequestHead& head) override;
  net::Task<void> Handle(net::ServerConnection& connection) override;
  net::Refusal Refuse(const Error& error, const http::RequestHead* head) override;
  bool draining() override { return static_cast<bool>(closed_); }
  void OnClosed(net::ServerConnection* connection) override;

 private:
  net::Worker& worker_;
  Door door_;
  AdminApi api_;
  net::ServerLimits limits_;
  std::unordered_set<net::ServerConnection*> connections_;
  std::function<void()> closed_;  // set: stopping
};

}  // namespace weir::admin
