#include "net/upstream_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/connect.h"
#include "net/resolver.h"
#include "net/tls_stream.h"

namespace weir::net {
namespace {

struct Idle {
  std::unique_ptr<Stream> stream;
  SteadyTime since;
};

// The idle connections to one endpoint, the one used last at the back.
struct Row {
  Endpoint endpoint;
  std::vector<Idle> idle;
};

bool Same(const Endpoint& a, const Endpoint& b) {
  return a.port == b.port && a.tls == b.tls && a.host == b.host && a.ca_file == b.ca_file;
}

// Takes its parameters by value: the pool may be gone before the connection is there.
Task<Result<UpstreamPool::Connection>> Dial(Worker& worker, std::shared_ptr<Resolver> resolver,
                                            std::shared_ptr<TlsContexts> tls, Endpoint endpoint,
                                            SteadyTime deadline, CancelToken* cancel) {
  auto addresses = co_await resolver->Resolve(worker, endpoint.host, deadline, cancel);
  if (!addresses) co_return std::move(addresses).error();
  auto connected = co_await ConnectAny(worker, *std::move(addresses), endpoint.port, endpoint.host,
                                       deadline, cancel);
  if (!connected) co_return std::move(connected).error();
  UpstreamPool::Connection connection{*std::move(connected), false};
  if (!endpoint.tls) co_return connection;
  auto secured =
      co_await StartTls(std::move(connection.stream), std::move(tls), endpoint, deadline, cancel);
  if (!secured) co_return std::move(secured).error();
  connection.stream = *std::move(secured);
  co_return connection;
}

}  // namespace

std::string Endpoint::Key() const {
  return fmt::format("{}://{}:{}#{}", tls ? "https" : "http", host, port, ca_file);
}

struct UpstreamPool::Shelf {
  Shelf(Worker& for_worker, std::shared_ptr<Resolver> names, std::shared_ptr<TlsContexts> contexts,
        PoolLimits pool_limits)
      : worker(for_worker),
        resolver(std::move(names)),
        tls(std::move(contexts)),
        limits(pool_limits),
        sweep(for_worker) {}

  Row* Find(const Endpoint& endpoint);
  std::unique_ptr<Stream> Take(const Endpoint& endpoint);
  void Sweep();
  void ScheduleSweep();

  Worker& worker;
  const std::shared_ptr<Resolver> resolver;
  const std::shared_ptr<TlsContexts> tls;
  const PoolLimits limits;
  std::vector<Row> rows;  // few: an upstream each
  int idle = 0;
  bool sweeping = false;
  Timer sweep;
};

Row* UpstreamPool::Shelf::Find(const Endpoint& endpoint) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&endpoint](const Row& candidate) {
    return Same(candidate.endpoint, endpoint);
  });
  return row == rows.end() ? nullptr : &*row;
}

// The warmest connection that is still good; those found bad are closed.
std::unique_ptr<Stream> UpstreamPool::Shelf::Take(const Endpoint& endpoint) {
  Row* row = Find(endpoint);
  while (row != nullptr && !row->idle.empty()) {
    auto stream = std::move(row->idle.back().stream);
    row->idle.pop_back();
    --idle;
    if (stream->IsQuiet()) return stream;
  }
  return nullptr;
}

void UpstreamPool::Shelf::Sweep() {
  const SteadyTime oldest = worker.clock().Steady() - limits.max_idle_time;
  for (Row& row : rows) {
    idle -= static_cast<int>(std::erase_if(row.idle, [oldest](const Idle& waiting) {
      return waiting.since <= oldest || !waiting.stream->IsQuiet();
    }));
  }
  std::erase_if(rows, [](const Row& row) { return row.idle.empty(); });
  sweeping = false;
  ScheduleSweep();
}

void UpstreamPool::Shelf::ScheduleSweep() {
  if (idle == 0 || std::exchange(sweeping, true)) return;
  const auto period = std::clamp(limits.max_idle_time / 8, std::chrono::milliseconds(100),
                                 std::chrono::milliseconds(5'000));
  sweep.Start(
      worker.clock().Steady() + period, [](void* self) { static_cast<Shelf*>(self)->Sweep(); },
      this);
}

UpstreamPool::UpstreamPool(Worker& worker, std::shared_ptr<Resolver> resolver,
                           std::shared_ptr<TlsContexts> tls, PoolLimits limits)
    : shelf_(std::make_unique<Shelf>(worker, std::move(resolver), std::move(tls), limits)) {}

UpstreamPool::~UpstreamPool() = default;

std::unique_ptr<Stream> UpstreamPool::TakeIdle(const Endpoint& endpoint) {
  return shelf_->Take(endpoint);
}

Task<Result<UpstreamPool::Connection>> UpstreamPool::Acquire(Endpoint endpoint, SteadyTime deadline,
                                                             bool fresh, CancelToken* cancel) {
  if (cancel != nullptr && cancel->cancelled()) {
    co_return MakeError(Reason::kClientGone, "cancelled");
  }
  if (!fresh) {
    if (auto kept = shelf_->Take(endpoint)) co_return Connection{std::move(kept), true};
  }
  auto dialled = co_await Dial(shelf_->worker, shelf_->resolver, shelf_->tls, std::move(endpoint),
                               deadline, cancel);
  co_return dialled;
}

void UpstreamPool::Release(const Endpoint& endpoint, std::unique_ptr<Stream> stream) {
  Row* row = shelf_->Find(endpoint);
  if (row == nullptr) row = &shelf_->rows.emplace_back(Row{endpoint, {}});
  if (row->idle.size() >= static_cast<size_t>(shelf_->limits.max_idle_per_endpoint)) return;
  row->idle.push_back({std::move(stream), shelf_->worker.clock().Steady()});
  ++shelf_->idle;
  shelf_->ScheduleSweep();
}

int UpstreamPool::idle() const {
  return shelf_->idle;
}

}  // namespace weir::net
