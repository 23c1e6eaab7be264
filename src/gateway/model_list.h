// GET /v1/models and /v1/models/{id}, in OpenAI's shape.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/directory.h"
#include "limits/key_ring.h"

namespace weir::gateway {

// Routes first, then every model that can be asked for, by its alias where it is the alias's owner.
// `key` (may be null) leaves out what it may not ask for.
std::string ModelListJson(const catalog::Directory& directory, const limits::Key* key);
// `raw_id` is percent-encoded or plain. kModelNotFound with "did you mean".
Result<std::string> ModelJson(const catalog::Directory& directory, std::string_view raw_id,
                              const limits::Key* key);

}  // namespace weir::gateway
