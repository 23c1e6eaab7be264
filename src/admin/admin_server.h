// The admin plane: its own listener, thread and key. See docs/api.md for the shapes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "admin/admin_api.h"
#include "base/clock.h"
#include "base/secret.h"
#include "config/settings.h"

namespace weir::admin {

struct AdminOptions {
  config::HostPort listen;
  // Asked of everything but /healthz, as `Authorization: Bearer` or `x-api-key`. Empty: nobody
  // comes in.
  Secret key;
};

// The key of the config, else the one kept in data_dir/admin.key (0600), else a new one that is
// kept there; `made` says whether it is new and must be printed once. A file that others can read
// is taken with a warning in the log; one that holds no key is kConfig, kIo when it cannot be read
// or made.
struct AdminKey {
  Secret key;
  bool made = false;
};
Result<AdminKey> FindAdminKey(const config::Settings& settings);
// The same for clients of a running server: makes none, nullopt when there is none.
Result<std::optional<Secret>> ReadAdminKey(const config::Settings& settings);

class AdminServer {
 public:
  // Listens at once, answers after Start(). `clock` outlives the server. kIo when the address is
  // taken.
  static Result<std::unique_ptr<AdminServer>> Open(AdminOptions options, AdminApi api,
                                                   const Clock& clock);
  // Stops listening, lets responses under way end for at most 2 s, joins the thread.
  virtual ~AdminServer() = default;
  virtual void Start() = 0;
  virtual uint16_t port() const = 0;
};

}  // namespace weir::admin
