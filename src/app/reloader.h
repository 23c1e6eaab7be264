// Reads the config again and hands it to the running server. A bad file leaves the old one in force.
#pragma once

#include <mutex>
#include <string>

#include "base/result.h"
#include "gateway/server.h"

namespace weir::app {

class Reloader {
 public:
  // `config` is --config's value. Any thread may call Reload().
  Reloader(std::string config, gateway::Server& server)
      : config_(std::move(config)), server_(server) {}

  // {"version":N,"restart_needed":["listen",…]}: what differs from the running config and cannot change
  // without a restart is named and left as it was.
  Result<std::string> Reload();

 private:
  std::string config_;
  gateway::Server& server_;
  std::mutex mutex_;
};

}  // namespace weir::app
