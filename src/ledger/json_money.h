// Money as every JSON of the ledger has it.
#pragma once

#include <optional>
#include <string_view>

#include "base/money.h"
#include "json/write.h"

namespace weir::ledger {

// "NAME_nano" as an integer and "NAME_usd" as exact decimal text, or both null.
void WriteMoney(json::Writer* writer, std::string_view name, std::optional<NanoUsd> amount);

}  // namespace weir::ledger
