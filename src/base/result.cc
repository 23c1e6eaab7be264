#include "base/result.h"

#include <stdexcept>

namespace weir {

void ThrowError(const Error& error) {
  throw std::logic_error(std::string(Traits(error.reason).name) + ": " + error.message);
}

}  // namespace weir
