// data_dir as a place: made private, held by one process.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/file.h"

namespace weir::ledger {

// Makes the directory 0700, and its parents, when missing.
Result<void> MakeDataDir(const std::string& directory);

// Held while it lives. kIo "… is in use by another weir (pid N)" when another process holds it.
Result<File> LockDataDir(const std::string& directory);

// False after somebody deleted or replaced the lock's file.
bool LockIsInPlace(const File& lock, const std::string& directory);

}  // namespace weir::ledger
