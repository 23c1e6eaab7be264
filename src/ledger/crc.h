// zlib's crc32, a record's worth of bytes at a time by carry-less multiplication where the
// processor has it.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::ledger {

// The crc of what `crc` was of with `bytes` behind it; 0 is the crc of nothing.
uint32_t AddCrc(uint32_t crc, std::string_view bytes);

}  // namespace weir::ledger
