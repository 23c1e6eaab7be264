// Names of request headers that a config may set on the upstream hop.
#pragma once

#include <string_view>

#include "config/reader.h"

namespace weir::config {

// An HTTP token of at most 100 characters.
bool IsHeaderName(std::string_view name);
// Headers that Weir writes itself: a second one would change the framing or the encoding. Any case.
bool IsOwnHeader(std::string_view name);
// The name, in lower case, of the header that carries a provider's key.
Result<std::string> KeyHeaderOf(const Reader& reader, const Node& node);

}  // namespace weir::config
