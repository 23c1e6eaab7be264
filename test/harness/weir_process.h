// The real binary under test: started with a config of the test's, on free ports, in a folder of
// its own that goes away with it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::e2e {

// The binary under test: $WEIR_BINARY, else the one of this build.
std::string BinaryPath();

// False when that binary has a sanitizer in it: what those keep for themselves says nothing about
// what the binary holds.
bool MemoryIsOurs();

// Raises this process's own limit, which may begin as low as 1,024: clients and upstreams live in
// it. False when it may not have so many.
bool MayOpen(size_t files);

using Environment = std::map<std::string, std::string>;

class WeirProcess {
 public:
  // Does not start it. `config` is the YAML behind listen, admin and data_dir, which are prepended.
  explicit WeirProcess(std::string config, Environment environment = {});
  ~WeirProcess();  // kill -9 when it still runs
  WeirProcess(const WeirProcess&) = delete;
  WeirProcess& operator=(const WeirProcess&) = delete;

  // Runs `weir serve` and waits until it listens. False, with the reason in output(), when it ended
  // or took more than `limit`. May be called again after the process has ended: the data stays.
  bool Start(std::chrono::milliseconds limit = std::chrono::seconds(20));
  // More arguments of `weir serve` for the next starts.
  void Arguments(std::vector<std::string> more) { more_ = std::move(more); }
  // Replaces the config file; the running process learns of it by SIGHUP.
  void Rewrite(std::string config);

  // Of the running process: resident memory in KiB, and how many descriptors are open.
  int64_t resident_kib() const;
  size_t open_files() const;

  pid_t pid() const { return pid_; }
  uint16_t data_port() const { return data_port_; }
  uint16_t admin_port() const { return admin_port_; }
  const std::string& folder() const { return folder_; }
  std::string data_dir() const { return folder_ + "/data"; }
  std::string config_path() const { return folder_ + "/weir.yaml"; }

  void Signal(int number) const;
  // The exit code, or 128 + signal; nullopt when it still runs after `limit`.
  std::optional<int> WaitExit(std::chrono::milliseconds limit);
  std::optional<int> Kill();   // SIGKILL, and waits
  std::string output() const;  // stdout and stderr so far, of every start
  bool WaitForOutput(std::string_view text, std::chrono::milliseconds limit) const;

 private:
  void Launch();
  bool ReadPorts();

  std::string folder_;
  Environment environment_;
  std::vector<std::string> more_;
  pid_t pid_ = -1;
  uint16_t data_port_ = 0;
  uint16_t admin_port_ = 0;
};

// Runs `weir ARGS` to its end: exit code and all it printed.
struct CommandResult {
  int exit_code = -1;
  std::string output;
};
CommandResult RunWeir(const std::string& arguments, const Environment& environment = {});

// Of the binary under test: WEIR_BINARY, else the one built beside the tests.
std::string BinaryPath();

}  // namespace weir::e2e
