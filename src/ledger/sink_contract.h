// What every sink must keep; a sink's test calls this with a way to open it on a directory.
#pragma once

#include "ledger/sink_feed.h"

namespace weir::ledger {

// `fetch` reads a stored row back through whatever the sink's readers use.
struct SinkUnderTest {
  SinkOpen open;
  std::function<std::optional<Record>(const std::string& data_dir, const RequestId& id)> fetch;
  std::function<int64_t(const std::string& data_dir)> count;
  // Of the row's bodies likewise; empty for a sink that says it keeps none.
  std::function<std::optional<Bodies>(const std::string& data_dir, const RequestId& id)> bodies;
};

void CheckSinkContract(const SinkUnderTest& sink);

}  // namespace weir::ledger
