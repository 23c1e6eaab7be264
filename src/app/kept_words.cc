#include "app/kept_words.h"

namespace weir::app {

Result<std::optional<ledger::Bodies>> KeptWords::Of(const RequestId& id) const {
  WEIR_TRY(std::optional<ledger::Bodies> said, reader_.FindBodies(id));
  const auto sample = samples_.find(ShelvedString(id.ToString()));
  if (said || sample == samples_.end()) return said;
  return reader_.FindBodies(sample->second);
}

}  // namespace weir::app
