// What protects a local listener from web pages: a foreign Host (DNS rebinding) and a foreign
// Origin (cross-site requests) are refused.
#pragma once

#include <string>

#include "base/result.h"
#include "http/head.h"

namespace weir::net {

// kForbidden unless Host names this machine: `listen_host` (the listener's IP literal), a loopback
// literal, localhost or a name under it. A listener on every address ("0.0.0.0", "::") also takes
// any IP literal and the machine's host name: a rebound name is neither. HTTP/1.0 without Host
// passes: no browser sends it.
Result<void> CheckHost(const http::RequestHead& head, const std::string& listen_host);

// CheckHost(), and Origin, when there is one, names this machine too, on whatever port.
Result<void> CheckOrigin(const http::RequestHead& head, const std::string& listen_host);

// CheckHost(), and Origin, when there is one, is http:// or https:// and exactly this Host with its
// port.
Result<void> CheckSameOrigin(const http::RequestHead& head, const std::string& listen_host);

}  // namespace weir::net
