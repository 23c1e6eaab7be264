// The data plane's HTTP surface of one worker: what is served where, and who may knock.
#pragma once

#include <functional>
#include <string>
#include <unordered_set>

#include "gateway/core.h"
#include "net/server_connection.h"

namespace weir::gateway {

class DataPlane final : public net::RequestHandler {
 public:
  explicit DataPlane(WorkerState& worker) : worker_(worker) {}

  void Accept(std::unique_ptr<net::Stream> stream);
  // Draining: idle connections are closed, busy ones after their response.
  void CloseIdle();
  // Past the drain's limit: what is still being served is told that time is up.
  void CancelAll();
  // With what Weir asks on its own account.
  size_t open_connections() const;

  net::ServerLimits limits() override { return worker_.snapshot->limits; }
  Result<void> Admit(const http::RequestHead& head) override;
  net::Task<void> Handle(net::ServerConnection& connection) override;
  net::Refusal Refuse(const Error& error, const http::RequestHead* head) override;
  bool draining() override { return worker_.core.draining.load(std::memory_order_relaxed); }
  void OnClosed(net::ServerConnection* connection) override;

 private:
  net::Task<void> TakeFeedback(net::ServerConnection& connection);
  net::Task<void> AnswerModels(net::ServerConnection& connection);
  // Writes the line of a request without a decision and names it: its x-weir-id header.
  std::string LogAndName(const http::RequestHead* head, int status, std::string_view outcome) const;

  WorkerState& worker_;
  std::unordered_set<net::ServerConnection*> connections_;
};

}  // namespace weir::gateway
