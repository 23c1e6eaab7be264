// POST /v1/feedback: what a client thinks of an answer that it was given.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/record.h"
#include "limits/key_ring.h"

namespace weir::gateway {

// The row of `{"id": x-weir-id, "score": -1..1, "comment"?}`; kBadRequest says what is wrong. `key`
// may be null.
Result<ledger::Record> FeedbackRow(std::string_view body, const limits::Key* key, WallMicros now);

}  // namespace weir::gateway
