// Which arm of an experiment a request belongs to.
#pragma once

#include <cstdint>
#include <string_view>

#include "catalog/directory.h"
#include "chat/request.h"
#include "http/head.h"

namespace weir::gateway {

struct Assignment {
  const catalog::Experiment::Arm& arm;
  int64_t unit = 0;  // ledger::Record::unit
};
// Of one conversation or user always the same, also after a restart and on another node: by the
// session's name where an agent sends one, else by how the conversation opens; by the `user` that
// the request names, else by `key`.
Assignment Assign(const catalog::Experiment& experiment, const http::HeaderList& headers,
                  const chat::Request& request, std::string_view key);

}  // namespace weir::gateway
