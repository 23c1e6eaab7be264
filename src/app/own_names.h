// The user's names of models in labelled rows.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/directory.h"
#include "learn/examples.h"

namespace weir::app {

// Replaces those that are aliases of `config`, where one is given, by their names on the wire, by
// which the weights know models.
Result<void> NameAsUpstream(const std::string& config, std::vector<learn::Example>* examples);
void NameAsUpstream(const catalog::Directory& directory, std::vector<learn::Example>* examples);

}  // namespace weir::app
