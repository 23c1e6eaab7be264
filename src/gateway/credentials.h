// What a client shows to say who it is.
#pragma once

#include <optional>
#include <string_view>

#include "http/head.h"

namespace weir::gateway {

// Of `authorization: Bearer` and of `x-api-key`, the credential, which may be empty.
std::optional<std::string_view> CredentialOf(const http::Header& header);

}  // namespace weir::gateway
