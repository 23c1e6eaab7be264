// Asks the admin plane of the server that runs on this data_dir.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/settings.h"

namespace weir::app {

// The body of a 2xx answer. kIo when no server runs there; the server's own message else. Blocks,
// at most 10 s.
Result<std::string> AskAdmin(const config::Settings& settings, std::string_view method,
                             std::string_view path, std::string_view body);

// Whether a server has this data_dir.
bool IsRunning(const config::Settings& settings);

// data_dir/ports.json, written by `serve` once it listens and removed when it stops.
struct Ports {
  uint16_t data = 0;
  uint16_t admin = 0;
};
Result<void> WritePorts(const std::string& data_dir, Ports ports);
void RemovePorts(const std::string& data_dir);

}  // namespace weir::app
