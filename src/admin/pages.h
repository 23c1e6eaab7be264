// What the admin plane serves: one table of paths, and the functions that answer them. See
// docs/api.md.
#pragma once

#include <string>
#include <string_view>

#include "admin/admin_api.h"
#include "base/clock.h"
#include "base/result.h"

namespace weir::admin {

struct Answer {
  std::string body;
  std::string_view type = "application/json";
  std::string_view headers;  // whole lines beside those of every answer
};

struct Ask {
  std::string_view path, query, body;
  const AdminApi& api;
  WallMicros now;
};

struct Page {
  std::string_view method;
  std::string_view path;  // ends in '/': a prefix that one segment follows
  std::string_view shown;
  Result<Answer> (*answer)(const Ask& ask);
};

inline constexpr std::string_view kAlivePath = "/healthz";  // the only page that needs no key

// kUnsupportedEndpoint that lists what is served; kMethodNotAllowed with `allow`.
Result<const Page*> FindPage(std::string_view method, std::string_view path);

}  // namespace weir::admin
