// data_dir/keys.json: the keys that `weir keys` and the admin API have made, as a list of what a
// config's `keys` holds. That it exists means that keys are asked for, even when the list is empty.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "json/write.h"
#include "limits/key_ring.h"

namespace weir::limits {

std::string KeyFile(const std::string& data_dir);

// A missing file reads as no keys ever. kConfig with file:line:col for one that is no such list.
Result<StoredKeys> ReadKeyFile(const std::string& data_dir);
// Replaces the file in one step, for its owner only, and syncs it.
Result<void> WriteKeyFile(const std::string& data_dir, std::span<const config::KeySettings> keys);

// A new secret: "wk-" and 40 random hexadecimal digits.
Secret NewKey();
// `json` is an object of the options of `keys` in a config, without sha256 and key; kBadRequest
// says what is wrong with it.
Result<config::KeySettings> ReadKeyOrder(std::string_view json);
// Without the "FILE:LINE:COL: " of an error about what was no file of the user's.
std::string WithoutPlace(const std::string& message);
void SetSecret(const Secret& secret, config::KeySettings* key);

// {"usd": "50.00", "per": "month"}, and the name of that period.
void WriteBudget(const config::BudgetSettings& budget, json::Writer* writer);
std::string_view PerName(config::Per per);
// As the file has it.
std::string KeyJson(const config::KeySettings& key);

}  // namespace weir::limits
