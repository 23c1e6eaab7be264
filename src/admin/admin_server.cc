#include "admin/admin_server.h"

#include <pthread.h>

#include <future>
#include <thread>

#include "admin/admin_plane.h"
#include "net/listener.h"
#include "net/worker.h"

namespace weir::admin {
namespace {

// For responses under way when the server stops; a client that does not read does not hold it up.
constexpr auto kStopGrace = std::chrono::seconds(2);
constexpr int kWorkerIndex = -1;  // none of the data plane's

class RunningAdmin final : public AdminServer {
 public:
  RunningAdmin(const AdminOptions& options, AdminApi api, const Clock& clock)
      : worker_(kWorkerIndex, clock),
        plane_(worker_, Door(options.key, options.listen.host), std::move(api)) {}
  ~RunningAdmin() override;

  Result<void> Listen(const config::HostPort& address);
  void Start() override;
  uint16_t port() const override { return port_; }

 private:
  net::Worker worker_;
  AdminPlane plane_;
  std::unique_ptr<net::Listener> listener_;
  uint16_t port_ = 0;
  std::thread thread_;
};

Result<void> RunningAdmin::Listen(const config::HostPort& address) {
  if (address.port != 0) WEIR_CHECK_OK(net::CheckPortIsFree(address.host, address.port));
  auto accept = [this](std::unique_ptr<net::Stream> stream) { plane_.Accept(std::move(stream)); };
  WEIR_TRY(listener_, net::Listener::Open(worker_, address.host, address.port, accept));
  port_ = listener_->port();
  return {};
}

void RunningAdmin::Start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "admin");
    worker_.Run();
  });
}

RunningAdmin::~RunningAdmin() {
  if (!thread_.joinable()) return;
  auto closed = std::make_shared<std::promise<void>>();
  std::future<void> all_closed = closed->get_future();
  worker_.Post([this, closed] {
    listener_->Close();
    plane_.Stop([closed] { closed->set_value(); });
  });
  all_closed.wait_for(kStopGrace);
  worker_.Stop();
  thread_.join();
}

}  // namespace

Result<std::unique_ptr<AdminServer>> AdminServer::Open(AdminOptions options, AdminApi api,
                                                       const Clock& clock) {
  auto server = std::make_unique<RunningAdmin>(options, std::move(api), clock);
  WEIR_CHECK_OK(server->Listen(options.listen));
  return std::unique_ptr<AdminServer>(std::move(server));
}

}  // namespace weir::admin
