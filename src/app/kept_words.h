// What was said in a request, wherever the ledger has kept it: beside its own row, or its sample's.
#pragma once

#include <map>
#include <optional>

#include "base/result.h"
#include "ledger/report.h"

namespace weir::app {

class KeptWords {
 public:
  explicit KeptWords(ledger::Reader& reader) : reader_(reader) {}
  // Before its request is asked for.
  void Note(const ledger::Record& sample) { samples_[sample.parent] = sample.id; }
  // nullopt: nothing was kept.
  Result<std::optional<ledger::Bodies>> Of(const RequestId& id) const;

 private:
  ledger::Reader& reader_;
  std::map<ShelvedString, RequestId> samples_;  // by the request's id
};

}  // namespace weir::app
