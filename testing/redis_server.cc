#include "testing/redis_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>

namespace weir {
namespace {

constexpr const char* kBinary = "/usr/bin/redis-server";
constexpr std::chrono::seconds kPatience{20};
constexpr std::chrono::milliseconds kTick{5};

struct Free {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

uint16_t FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

std::string TextOf(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      return std::to_string(reply.integer);
    case REDIS_REPLY_NIL:
      return "(nil)";
    case REDIS_REPLY_ERROR:
      return "-" + std::string(reply.str, reply.len);
    case REDIS_REPLY_ARRAY: {
      std::string all;
      for (size_t i = 0; i < reply.elements; ++i) {
        all += (i == 0 ? "" : "\n") + TextOf(*reply.element[i]);
      }
      return all;
    }
    default:
      return {reply.str, reply.len};
  }
}

}  // namespace

bool RedisServer::Installed() {
  return access(kBinary, X_OK) == 0;
}

RedisServer::RedisServer(std::vector<std::string> arguments, Port port)
    : arguments_(std::move(arguments)),
      kind_(port),
      folder_(std::filesystem::temp_directory_path() / "weir-redis-XXXXXX") {
  if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("mkdtemp " + folder_);
  // Somebody else may take the port in between.
  for (int attempt = 0; attempt < 3 && pid_ < 0; ++attempt) {
    port_ = FreePort();
    Launch();
    if (!WaitUntilUp()) Kill();
  }
  if (pid_ < 0) throw std::runtime_error("redis-server does not start: see " + folder_);
}

RedisServer::~RedisServer() {
  Kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void RedisServer::Launch() {
  const std::string port = std::to_string(port_);
  const bool tls = kind_ == Port::kTls;
  std::vector<std::string> words = {kBinary,  "--port",       tls ? "0" : port, "--bind", "127.0.0.1",
                                    "--save", "",             "--appendonly",   "no",     "--dir",
                                    folder_,  "--daemonize",  "no"};
  if (tls) words.insert(words.end(), {"--tls-port", port});
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int log =
      open((folder_ + "/log").c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(log, 1);
    dup2(log, 2);
    execv(kBinary, argv.data());
    _exit(127);
  }
  close(log);
}

bool RedisServer::WaitUntilUp() {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return false;
    }
    const std::unique_ptr<redisContext, Free> context(redisConnect("127.0.0.1", port_));
    if (context && context->err == 0 && (kind_ == Port::kTls || !Ask({"PING"}).empty())) return true;
    std::this_thread::sleep_for(kTick);
  }
  return false;
}

void RedisServer::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::Restart() {
  Launch();
  if (!WaitUntilUp()) throw std::runtime_error("redis-server does not start again: see " + folder_);
}

void RedisServer::Freeze() {
  kill(pid_, SIGSTOP);
  // The signal is on its way; the process has stopped once its parent can be told so.
  waitpid(pid_, nullptr, WUNTRACED);
}

void RedisServer::Thaw() {
  kill(pid_, SIGCONT);
}

std::string RedisServer::Ask(const std::vector<std::string_view>& words) const {
  const timeval patience{10, 0};
  const std::unique_ptr<redisContext, Free> context(redisConnect("127.0.0.1", port_));
  if (!context || context->err != 0) return {};
  redisSetTimeout(context.get(), patience);
  std::vector<const char*> texts;
  std::vector<size_t> sizes;
  for (const std::string_view word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  const std::unique_ptr<redisReply, Free> reply(static_cast<redisReply*>(redisCommandArgv(
      context.get(), static_cast<int>(words.size()), texts.data(), sizes.data())));
  return reply ? TextOf(*reply) : "";
}

}  // namespace weir
