// Task<T>: a lazily started coroutine that belongs to whoever awaits it; no executor, no Asio. It
// runs on the thread that resumes it, which in Weir is always its worker's.
//
// Rules (g++ 12): parameters are values or objects owned by the Exchange; no capturing lambda
// coroutines; `auto x = co_await f();` stands as a statement of its own.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "base/shelves.h"

namespace weir::net {

template <class T = void>
class [[nodiscard]] Task;

namespace detail {

// A task that ends without suspending hands its value over without a transfer: at -O0 and under
// ASan a transfer is a call, and a loop over ready tasks would use up the stack.
struct PromiseBase : Shelved {
  std::coroutine_handle<> continuation = std::noop_coroutine();  // set once the task has suspended

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
      return self.promise().continuation;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  // Errors are values: an exception here is a bug, and a crash with a core beats a lost request.
  [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T Take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void Take() const noexcept {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.resume();
    if (handle_.done()) return false;
    handle_.promise().continuation = awaiting;
    return true;
  }
  T await_resume() { return handle_.promise().Take(); }

 private:
  Handle handle_ = nullptr;
};

namespace detail {
template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

// A coroutine that starts at once and frees itself at its end.
struct Detached {
  struct promise_type : Shelved {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
};
inline Detached RunDetached(Task<void> task) {
  co_await task;
}

// One that starts at once and is freed by whoever has its handle.
struct Owned {
  struct promise_type : Shelved {
    Owned get_return_object() noexcept {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};
inline Owned RunOwned(Task<void> task) {
  co_await task;
}
}  // namespace detail

// Starts `task` now; nobody waits for it. Its owner must know by other means when it has ended.
inline void Spawn(Task<void> task) {
  detail::RunDetached(std::move(task));
}

// A task that its owner has started and that ends with it, wherever it waits by then: for a Wait,
// or for a Stream of its own. Not destroyed by what the task itself calls.
class OwnedTask {
 public:
  OwnedTask() = default;
  explicit OwnedTask(Task<void> task) : handle_(detail::RunOwned(std::move(task)).handle) {}
  OwnedTask(OwnedTask&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  OwnedTask& operator=(OwnedTask&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~OwnedTask() {
    if (handle_) handle_.destroy();
  }

 private:
  std::coroutine_handle<detail::Owned::promise_type> handle_ = nullptr;
};

}  // namespace weir::net
