#include "test/harness/weir_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "testing/testdata.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kTick{2};

std::string MakeFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "weir-e2e-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
  return pattern;
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
  chmod(path.c_str(), 0600);
}

std::string WholeConfig(const std::string& folder, const std::string& config) {
  return "admin: {key: admin-key-of-the-tests}\ndata_dir: " + folder + "/data\n" + config;
}

// Nothing of the developer's environment but what sanitizers and the loader want.
std::vector<std::string> EnvironmentLines(const Environment& given, const std::string& home) {
  std::vector<std::string> lines = {"HOME=" + home, "PATH=/usr/bin:/bin"};
  for (const char* name :
       {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH"}) {
    if (const char* value = getenv(name)) lines.push_back(std::string(name) + "=" + value);
  }
  for (const auto& [name, value] : given) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// `"name":123` in a flat JSON object.
uint16_t NumberAfter(const std::string& json, const std::string& name) {
  const size_t at = json.find('"' + name + '"');
  if (at == std::string::npos) return 0;
  const size_t colon = json.find(':', at);
  return colon == std::string::npos ? 0 : static_cast<uint16_t>(atoi(json.c_str() + colon + 1));
}

int ExitCode(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

bool MayOpen(size_t files) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  limit.rlim_cur = limit.rlim_max;
  return limit.rlim_max >= files && setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

std::string BinaryPath() {
  const char* named = getenv("WEIR_BINARY");
  return named != nullptr ? named : WEIR_BINARY_PATH;
}

bool MemoryIsOurs() {
  static const bool ours = [] {
    const std::string binary = ReadWholeFile(BinaryPath()).value_or("");
    return binary.find("__asan_init") == binary.npos && binary.find("__tsan_init") == binary.npos;
  }();
  return ours;
}

WeirProcess::WeirProcess(std::string config, Environment environment)
    : folder_(MakeFolder()), environment_(std::move(environment)) {
  Rewrite(std::move(config));
}

WeirProcess::~WeirProcess() {
  Kill();
  std::error_code ignored;
  if (getenv("WEIR_E2E_KEEP") == nullptr) std::filesystem::remove_all(folder_, ignored);
}

void WeirProcess::Rewrite(std::string config) {
  const std::string fresh = config_path() + ".new";
  WriteFile(fresh, WholeConfig(folder_, config));
  std::filesystem::rename(fresh, config_path());
}

bool WeirProcess::Start(milliseconds limit) {
  std::filesystem::remove(data_dir() + "/ports.json");
  Launch();
  const auto until = steady_clock::now() + limit;
  while (steady_clock::now() < until) {
    if (ReadPorts()) return true;
    if (WaitExit(kTick)) return false;
  }
  return false;
}

void WeirProcess::Launch() {
  std::vector<std::string> arguments = {BinaryPath(), "serve", "--config",     config_path(),
                                        "--port",     "0",     "--admin-port", "0"};
  arguments.insert(arguments.end(), more_.begin(), more_.end());
  std::vector<std::string> lines = EnvironmentLines(environment_, folder_);
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(lines);
  const int log =
      open((folder_ + "/output").c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(log, 1);
    dup2(log, 2);
    if (chdir(folder_.c_str()) == 0) execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  close(log);
}

bool WeirProcess::ReadPorts() {
  const std::string text = ReadWholeFile(data_dir() + "/ports.json").value_or("");
  if (text.find('}') == std::string::npos) return false;
  data_port_ = NumberAfter(text, "data");
  admin_port_ = NumberAfter(text, "admin");
  return data_port_ != 0;
}

int64_t WeirProcess::resident_kib() const {
  const std::string status =
      ReadWholeFile("/proc/" + std::to_string(pid_) + "/status").value_or("");
  const size_t at = status.find("VmRSS:");
  return at == std::string::npos ? -1 : atoll(status.c_str() + at + 6);
}

size_t WeirProcess::open_files() const {
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(pid_) + "/fd");
  return static_cast<size_t>(std::distance(begin(files), end(files)));
}

void WeirProcess::Signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

std::optional<int> WeirProcess::WaitExit(milliseconds limit) {
  const auto until = steady_clock::now() + limit;
  while (pid_ > 0) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return ExitCode(status);
    }
    if (steady_clock::now() >= until) return std::nullopt;
    std::this_thread::sleep_for(kTick);
  }
  return std::nullopt;
}

std::optional<int> WeirProcess::Kill() {
  Signal(SIGKILL);
  return WaitExit(std::chrono::seconds(10));
}

std::string WeirProcess::output() const {
  return ReadWholeFile(folder_ + "/output").value_or("");
}

bool WeirProcess::WaitForOutput(std::string_view text, milliseconds limit) const {
  const auto until = steady_clock::now() + limit;
  while (output().find(text) == std::string::npos) {
    if (steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(kTick);
  }
  return true;
}

CommandResult RunWeir(const std::string& arguments, const Environment& environment) {
  std::string line = "env -i";
  for (const std::string& entry : EnvironmentLines(environment, "/nonexistent")) {
    line += " '" + entry + "'";
  }
  line += " '" + BinaryPath() + "' " + arguments + " 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen");
  CommandResult result;
  char buffer[4096];
  while (const size_t count = fread(buffer, 1, sizeof buffer, pipe)) {
    result.output.append(buffer, count);
  }
  result.exit_code = ExitCode(pclose(pipe));
  return result;
}

}  // namespace weir::e2e
