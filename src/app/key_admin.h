// What `weir keys` and /api/keys do to data_dir/keys.json. The caller sees to it that one process
// writes that file at a time: the server that holds data_dir, or a command that does.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/directory.h"
#include "config/settings.h"
#include "limits/accounts.h"
#include "limits/key_ring.h"

namespace weir::app {

struct KeyChange {
  limits::StoredKeys stored;  // as the file has it now
  std::shared_ptr<const limits::KeyRing> ring;
  std::string answer;  // JSON; of an added key with the key itself, which nobody can show again
};
// `order` is a JSON object of the options that a key has in the config. kBadRequest: what is wrong.
Result<KeyChange> AddKey(const config::Settings& settings, const catalog::Directory& directory,
                         std::string_view order);
// kNotFound: no such key; kBadRequest: it stands in the config.
Result<KeyChange> RevokeKey(const config::Settings& settings, const catalog::Directory& directory,
                            std::string_view name);

// {"open": …, "keys": […], "teams": […]}; open: no key ever was. With what is spent where
// `accounts` is not null.
std::string ListKeys(const limits::KeyRing& ring, const catalog::Directory& directory,
                     const limits::Accounts* accounts, WallMicros now);

}  // namespace weir::app
