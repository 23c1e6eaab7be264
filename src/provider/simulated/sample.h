// A value that fits a JSON schema, so that structured answers and tool arguments parse at the
// client.
#pragma once

#include <string>

namespace simdjson::dom {
class element;
}

namespace weir::provider::simulated {

// Always valid JSON of at most about 64 KiB; what the schema does not say becomes null or
// "simulated". `root` resolves "#/…" references.
std::string SampleOf(const simdjson::dom::element& schema, const simdjson::dom::element& root);

}  // namespace weir::provider::simulated
