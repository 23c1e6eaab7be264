#include "http/head.h"

#include <algorithm>

#include "base/strings.h"

namespace weir::http {

std::optional<std::string_view> HeaderList::Find(std::string_view name) const {
  for (const Header& header : headers_) {
    if (EqualsIgnoreCase(header.name, name)) return header.value;
  }
  return std::nullopt;
}

int HeaderList::Count(std::string_view name) const {
  return static_cast<int>(std::count_if(headers_.begin(), headers_.end(), [name](const Header& h) {
    return EqualsIgnoreCase(h.name, name);
  }));
}

}  // namespace weir::http
