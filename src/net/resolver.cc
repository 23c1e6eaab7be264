#include "net/resolver.h"

#include <fmt/format.h>
#include <netdb.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"
#include "net/loop.h"
#include "net/wait.h"

namespace weir::net {
namespace {

constexpr std::chrono::seconds kFresh{30};
constexpr std::chrono::minutes kRenewBehind{2};
constexpr std::chrono::minutes kStale{10};
constexpr std::chrono::seconds kFailureKept{1};
constexpr int kMaxThreads = 4;
constexpr size_t kMaxNames = 4096;
constexpr size_t kMaxAddresses = 8;

// One caller that waits. Touched on its worker's thread only.
struct Ticket {
  Wait* wait = nullptr;  // nullptr: the caller has gone
  Result<Addresses> answer = Addresses();
};

// The caller in its seat. It may leave in the middle: its coroutine is destroyed.
class Seat {
 public:
  Seat(Ticket* ticket, Wait* wait) : ticket_(ticket) { ticket->wait = wait; }
  ~Seat() { ticket_->wait = nullptr; }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

 private:
  Ticket* ticket_;
};

struct Waiter {
  std::shared_ptr<Mailbox> mailbox;
  std::shared_ptr<Ticket> ticket;
};

struct Name {
  Addresses addresses;
  SteadyTime resolved{};
  std::optional<Error> failure;
  SteadyTime failed{};
  bool looking = false;
  SteadyTime asked{};
  std::vector<Waiter> waiters;
};

void Answer(const Waiter& waiter, const Result<Addresses>& answer) {
  waiter.mailbox->Push([ticket = waiter.ticket, answer] {
    if (ticket->wait == nullptr) return;
    ticket->answer = answer;
    ticket->wait->Wake();
  });
}

}  // namespace

// Held by the resolver and by each of its threads, whichever ends last.
struct Resolver::Shared : std::enable_shared_from_this<Resolver::Shared> {
  explicit Shared(Lookup function) : lookup(std::move(function)) {}

  std::optional<Result<Addresses>> Ask(const std::string& host, SteadyTime now,
                                       const Waiter& waiter);
  void Enqueue(const std::string& host, Name* name, SteadyTime now);
  void StartThread();
  void Work();
  void Store(const std::string& host, Result<std::vector<Address>> found);
  void Forget();

  const Lookup lookup;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, Name> names;
  std::deque<std::string> queue;
  int threads = 0;
  int idle = 0;
  bool stopping = false;
};

// The answer that can be given at once; else `waiter` is noted.
std::optional<Result<Addresses>> Resolver::Shared::Ask(const std::string& host, SteadyTime now,
                                                       const Waiter& waiter) {
  const std::lock_guard lock(mutex);
  Forget();
  Name& name = names[host];
  if (name.addresses && now - name.resolved < kRenewBehind) {
    if (now - name.resolved >= kFresh) Enqueue(host, &name, now);
    return name.addresses;
  }
  if (name.failure && now - name.failed < kFailureKept) return *name.failure;
  name.waiters.push_back(waiter);
  Enqueue(host, &name, now);
  return std::nullopt;
}

void Resolver::Shared::Enqueue(const std::string& host, Name* name, SteadyTime now) {
  if (!std::exchange(name->looking, true)) {
    name->asked = now;
    queue.push_back(host);
  }
  if (idle < static_cast<int>(queue.size()) && threads < kMaxThreads) StartThread();
  changed.notify_one();
}

void Resolver::Shared::StartThread() {
  try {
    std::thread([self = shared_from_this()] { self->Work(); }).detach();
    ++threads;
  } catch (const std::system_error& error) {
    // The name stays in the queue for a thread that exists, or for the next caller's attempt.
    Log(LogLevel::kError, "no thread for DNS", {Field("error", error.what())});
  }
}

void Resolver::Shared::Work() {
  std::unique_lock lock(mutex);
  while (!stopping) {
    if (queue.empty()) {
      ++idle;
      changed.wait(lock);
      --idle;
      continue;
    }
    const std::string host = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    auto found = lookup(host);
    lock.lock();
    Store(host, std::move(found));
  }
  --threads;
  changed.notify_all();
}

void Resolver::Shared::Store(const std::string& host, Result<std::vector<Address>> found) {
  Name& name = names[host];
  name.looking = false;
  Result<Addresses> answer = Addresses();
  if (found && !found->empty()) {
    name.addresses = std::make_shared<const std::vector<Address>>(*std::move(found));
    name.resolved = name.asked;
    name.failure.reset();
    answer = name.addresses;
  } else {
    name.failure = found ? MakeError(Reason::kUpstreamConnect, host + " has no address")
                         : std::move(found).error();
    name.failed = name.asked;
    const bool usable = name.addresses && name.asked - name.resolved < kStale;
    if (usable) {
      answer = name.addresses;
    } else {
      answer = *name.failure;
    }
  }
  for (const Waiter& waiter : std::exchange(name.waiters, {})) Answer(waiter, answer);
}

// Names come from the configuration, but configurations may be reloaded for ever.
void Resolver::Shared::Forget() {
  if (names.size() < kMaxNames) return;
  std::erase_if(names, [](const auto& entry) { return !entry.second.looking; });
}

Resolver::Resolver(Lookup lookup) : shared_(std::make_shared<Shared>(std::move(lookup))) {}

Resolver::~Resolver() {
  std::unique_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->changed.notify_all();
  // Idle threads end at once; one inside getaddrinfo is left to end by itself.
  shared_->changed.wait_for(lock, std::chrono::milliseconds(100),
                            [this] { return shared_->threads == 0; });
}

Task<Result<Addresses>> Resolver::Resolve(Worker& worker, std::string host, SteadyTime deadline,
                                          CancelToken* cancel) {
  if (const auto literal = ParseLiteral(host, 0)) {
    co_return std::make_shared<const std::vector<Address>>(1, *literal);
  }
  auto ticket = std::make_shared<Ticket>();
  const Waiter waiter{worker.loop().mailbox, ticket};
  auto at_once = shared_->Ask(host, worker.clock().Steady(), waiter);
  if (at_once) co_return *std::move(at_once);
  Wait wait(worker, deadline, cancel);
  const Seat seat(ticket.get(), &wait);
  const Woken why = co_await wait;
  if (why == Woken::kDone) co_return std::move(ticket->answer);
  if (why == Woken::kCancelled) co_return MakeError(Reason::kClientGone, "cancelled");
  co_return MakeError(Reason::kConnectTimeout, fmt::format("the lookup of {} took too long", host));
}

std::shared_ptr<Resolver> MakeResolver() {
  return std::make_shared<Resolver>(&LookUpHost);
}

namespace {

// Families alternate, so that one black-holed family costs one step of the race and not all of
// them.
std::vector<Address> Alternate(const std::vector<Address>& in_order) {
  std::deque<Address> first, second;
  for (const Address& address : in_order) {
    (address.family() == in_order.front().family() ? first : second).push_back(address);
  }
  std::vector<Address> mixed;
  while (mixed.size() < kMaxAddresses && !(first.empty() && second.empty())) {
    if (!first.empty()) {
      mixed.push_back(first.front());
      first.pop_front();
    }
    std::swap(first, second);
  }
  return mixed;
}

}  // namespace

Result<std::vector<Address>> LookUpHost(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (code != 0) {
    return MakeError(Reason::kUpstreamConnect,
                     fmt::format("cannot resolve {}: {}", host, ::gai_strerror(code)));
  }
  std::vector<Address> in_order;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (const auto address = Address::From(entry->ai_addr, entry->ai_addrlen)) {
      in_order.push_back(*address);
    }
  }
  ::freeaddrinfo(found);
  return Alternate(in_order);
}

}  // namespace weir::net
