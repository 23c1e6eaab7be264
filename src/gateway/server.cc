#include "gateway/server.h"

#include <pthread.h>

#include <condition_variable>
#include <thread>

#include "gateway/data_plane.h"
#include "gateway/samples.h"
#include "net/listener.h"

namespace weir::gateway {
namespace {

constexpr auto kDrainPoll = std::chrono::milliseconds(20);
constexpr auto kCancelGrace = std::chrono::seconds(2);

// One worker with all it owns; made on the main thread, used on its own.
struct WorkerThread {
  WorkerThread(int index, Core& core, std::shared_ptr<net::Resolver> resolver,
               std::shared_ptr<net::TlsContexts> tls)
      : worker(index, core.clock),
        state(core, worker, std::move(resolver), std::move(tls)),
        plane(state) {}
  net::Worker worker;
  WorkerState state;
  DataPlane plane;
  std::unique_ptr<net::Listener> listener;
  std::atomic<size_t> open_connections{0};
  std::thread thread;
};

std::shared_ptr<cache::RedisShared> SharedRedis(const Snapshot& snapshot, const Clock& clock) {
  const auto& settings = snapshot.settings.redis;
  return settings ? std::make_shared<cache::RedisShared>(*settings, clock) : nullptr;
}

std::vector<quality::Watched> WatchedOf(const Snapshot& snapshot) {
  std::vector<quality::Watched> routes;
  for (const catalog::Route& route : snapshot.directory->routes()) {
    if (!route.quality) continue;
    quality::Watched watched{route.name, route.quality->floor, route.quality->act, {}};
    for (size_t i = 0; i < route.quality->measured.size(); ++i) {
      const route::Router::Start start = snapshot.router->StartOf(route, i);
      const catalog::Measured& measured = route.quality->measured[i];
      watched.tiers.push_back({measured.name, start.crest,
                               snapshot.directory->model(measured.model).name, start.scale,
                               start.saving});
    }
    watched.baseline = snapshot.directory->model(route.baseline).name;
    watched.judge = snapshot.directory->model(route.quality->judge).name;
    watched.shares = route.floor.has_value();
    routes.push_back(std::move(watched));
  }
  return routes;
}

class RunningServer final : public Server {
 public:
  RunningServer(std::shared_ptr<const Snapshot> snapshot, ledger::Ledger& ledger,
                const Clock& clock)
      : core_(clock, ledger, static_cast<uint64_t>(snapshot->settings.limits.cache),
              SharedRedis(*snapshot, clock)),
        snapshot_(std::move(snapshot)) {
    core_.monitor.Watch(WatchedOf(*snapshot_));
  }

  Result<void> OpenListeners();
  void Start() override;
  uint16_t port() const override { return workers_.front()->listener->port(); }
  void Reload(std::shared_ptr<const Snapshot> snapshot) override;
  void Drain(std::chrono::milliseconds limit, const std::function<bool()>& hurry) override;
  uint64_t PurgeCache(const cache::Selection& selection) override;
  limits::Accounts& accounts() override { return core_.accounts; }
  quality::Monitor& monitor() override { return core_.monitor; }
  ServerHealth health() const override;
  TrafficTotals traffic() const override;
  std::shared_ptr<const Snapshot> snapshot() const override {
    std::lock_guard lock(mutex_);
    return snapshot_;
  }

 private:
  bool WaitForIdle(std::chrono::milliseconds limit, const std::function<bool()>& hurry);
  void OnEachWorker(const std::function<void(WorkerThread&)>& work);

  Core core_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<std::unique_ptr<WorkerThread>> workers_;
};

int WorkerCount(int configured) {
  if (configured > 0) return configured;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

Result<void> RunningServer::OpenListeners() {
  auto resolver = net::MakeResolver();
  auto tls = net::MakeTlsContexts();
  config::HostPort listen = snapshot_->settings.listen;
  // SO_REUSEPORT would let two servers of one user share the port without a word.
  WEIR_CHECK_OK(net::CheckPortIsFree(listen.host, listen.port));
  for (int i = 0; i < WorkerCount(snapshot_->settings.workers); ++i) {
    auto worker = std::make_unique<WorkerThread>(i, core_, resolver, tls);
    worker->state.snapshot = snapshot_;
    DataPlane* plane = &worker->plane;
    WEIR_TRY(worker->listener, net::Listener::Open(worker->worker, listen.host, listen.port,
                                                   [plane](std::unique_ptr<net::Stream> stream) {
                                                     plane->Accept(std::move(stream));
                                                   }));
    listen.port = worker->listener->port();  // port 0: the others share the first one's
    workers_.push_back(std::move(worker));
  }
  return {};
}

void RunningServer::Start() {
  for (auto& worker : workers_) {
    worker->thread = std::thread([w = worker.get()] {
      pthread_setname_np(pthread_self(), fmt::format("worker-{}", w->worker.index()).c_str());
      w->worker.Run();
    });
  }
}

void RunningServer::OnEachWorker(const std::function<void(WorkerThread&)>& work) {
  for (auto& worker : workers_) {
    worker->worker.Post([work, w = worker.get()] { work(*w); });
  }
}

void RunningServer::Reload(std::shared_ptr<const Snapshot> snapshot) {
  {
    std::lock_guard lock(mutex_);
    snapshot_ = snapshot;
  }
  core_.monitor.Watch(WatchedOf(*snapshot));
  OnEachWorker([snapshot](WorkerThread& worker) { worker.state.snapshot = snapshot; });
}

bool RunningServer::WaitForIdle(std::chrono::milliseconds limit,
                                const std::function<bool()>& hurry) {
  for (auto waited = std::chrono::milliseconds(0); waited < limit; waited += kDrainPoll) {
    size_t open = 0;
    for (auto& worker : workers_) open += worker->open_connections.load();
    if (open == 0) return true;
    if (hurry()) return false;
    std::this_thread::sleep_for(kDrainPoll);
    OnEachWorker([](WorkerThread& worker) {
      worker.plane.CloseIdle();
      worker.open_connections = worker.plane.open_connections();
    });
  }
  return false;
}

void RunningServer::Drain(std::chrono::milliseconds limit, const std::function<bool()>& hurry) {
  core_.draining = true;
  for (auto& worker : workers_) worker->open_connections = 1;  // until it has reported
  OnEachWorker([](WorkerThread& worker) {
    worker.listener->Close();
    worker.state.samples->CancelAll();
    worker.plane.CloseIdle();
    worker.open_connections = worker.plane.open_connections();
  });
  if (!WaitForIdle(limit, hurry)) {
    OnEachWorker([](WorkerThread& worker) { worker.plane.CancelAll(); });
    WaitForIdle(kCancelGrace, [] { return false; });
  }
  for (auto& worker : workers_) worker->worker.Stop();
  for (auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

// What this process has is gone when it returns; what is in Redis soon after.
uint64_t RunningServer::PurgeCache(const cache::Selection& selection) {
  const uint64_t gone = core_.cache.Purge(selection);
  WorkerThread& one = *workers_.front();
  if (core_.redis) {
    one.worker.Post([selection, &one] { one.state.redis->Purge(selection); });
  }
  return gone;
}

ServerHealth RunningServer::health() const {
  std::shared_ptr<const Snapshot> now = snapshot();
  SteadyTime time = core_.clock.Steady();
  ServerHealth health;
  for (const catalog::Model& model : now->directory->models()) {
    const Breaker& breaker = *now->breakers[model.id];
    const Snapshot::Upstream& upstream = now->upstreams[model.provider];
    TargetHealth target{model.name, now->directory->provider(model.provider).name};
    target.open = breaker.open(time);
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(breaker.ready_at() - time);
    target.open_for_ms = target.open ? left.count() : 0;
    target.consecutive_failures = breaker.consecutive_failures();
    target.keys = upstream.keys->size();
    target.keys_usable = upstream.keys->size() == 0 ? 0 : upstream.keys->usable(time);
    health.targets.push_back(std::move(target));
  }
  health.inflight = core_.inflight.load();
  health.draining = core_.draining.load();
  health.retry_tokens = core_.retry_budget.tokens();
  health.cache = core_.cache.figures();
  health.conversations = core_.conversations.figures();
  health.accounts = core_.accounts.figures();
  health.quality = core_.monitor.figures();
  health.words_not_kept = core_.words_not_kept.load(std::memory_order_relaxed);
  const SampleCounts& counts = core_.sample_counts;
  health.samples = {counts.taken, counts.verdicts, counts.failed, counts.busy, counts.broke};
  if (core_.redis) health.redis = core_.redis->figures();
  health.config_version = now->version;
  return health;
}

TrafficTotals RunningServer::traffic() const {
  TrafficTotals totals;
  for (const auto& worker : workers_) totals.Merge(worker->state.traffic.totals());
  return totals;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Open(std::shared_ptr<const Snapshot> snapshot,
                                             ledger::Ledger& ledger, const Clock& clock) {
  auto server = std::make_unique<RunningServer>(std::move(snapshot), ledger, clock);
  WEIR_CHECK_OK(server->OpenListeners());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace weir::gateway
