// What Weir changes in a client's body: the model's name, and how its stream reports usage. The
// rest of the bytes goes on as the client wrote them.
#pragma once

#include <string>
#include <string_view>

#include "chat/request.h"
#include "json/patch.h"

namespace weir::chat {

struct Rewrite {
  std::string_view model;            // the name the upstream knows
  bool ask_usage = false;            // set stream_options.include_usage; its other members are kept
  bool drop_stream_options = false;  // instead: take the whole member out
};

// Edits for `body`, from which `request` was parsed; ready for json::ApplyInto. A member that is
// missing is inserted at the front of the object.
ShelvedVector<json::Edit> EditsFor(const Request& request, std::string_view body,
                                   const Rewrite& rewrite);

}  // namespace weir::chat
