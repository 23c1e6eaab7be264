// The admin plane: its own listener, thread and key. See docs/api.md for the shapes.
#pragma once

#include <memory>
#include <string>

#include "admin/admin_api.h"
#include "base/clock.h"
#include "base/secret.h"
#include "config/settings.h"

namespace weir::admin {

struct AdminOptions {
  config::HostPort listen;
  Secret key;  // asked as `Authorization: Bearer` or `x-api-key` of everything but GET / and /healthz
};

// The key of the config, else the one kept in data_dir/admin.key (0600), else a new one that is kept there;
// `made` says whether it is new and must be printed once.
struct AdminKey {
  Secret key;
  bool made = false;
};
Result<AdminKey> FindAdminKey(const config::Settings& settings);

class AdminServer {
 public:
  static Result<std::unique_ptr<AdminServer>> Open(AdminOptions options, AdminApi api,
                                                   const Clock& clock);
  virtual ~AdminServer() = default;  // stops and joins
  virtual void Start() = 0;
  virtual uint16_t port() const = 0;
};

}  // namespace weir::admin
