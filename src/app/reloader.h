// Reads the config again and hands it to the running server. A bad file leaves the old one in
// force.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "app/key_admin.h"
#include "app/loaded.h"
#include "base/result.h"
#include "gateway/server.h"

namespace weir::app {

class Reloader {
 public:
  // `load` reads the config as the start did. Any thread may call Reload().
  Reloader(std::function<Result<Loaded>()> load, gateway::Server& server)
      : load_(std::move(load)), server_(server) {}

  // {"version":N,"restart_needed":["listen",…]}: what differs from the running config and cannot
  // change without a restart is named and left as it was.
  Result<std::string> Reload();

  // Keys of data_dir/keys.json, in force with each worker's next turn; whatever the config
  // file says by then.
  Result<std::string> AddKey(std::string_view order);
  Result<std::string> RevokeKey(std::string_view name);

 private:
  Result<std::string> Put(Result<KeyChange> change);

  std::function<Result<Loaded>()> load_;
  gateway::Server& server_;
  std::mutex mutex_;
};

}  // namespace weir::app
