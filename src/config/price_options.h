// The rows of a `price`, which config and catalog files share.
#pragma once

#include <string_view>
#include <vector>

#include "config/option.h"
#include "config/price_settings.h"

namespace weir::config {

Result<PriceSettings> ReadPriceSettings(Reader& reader, const Node& node);
void AppendPriceDocs(std::string_view prefix, std::vector<OptionDoc>* docs);

}  // namespace weir::config
