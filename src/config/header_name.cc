#include "config/header_name.h"

#include <algorithm>
#include <iterator>

#include "base/strings.h"

namespace weir::config {

bool IsHeaderName(std::string_view name) {
  auto ok = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), ok);
}

bool IsOwnHeader(std::string_view name) {
  constexpr std::string_view kOurs[] = {"host",         "content-length",  "transfer-encoding",
                                        "connection",   "keep-alive",      "upgrade",
                                        "te",           "trailer",         "expect",
                                        "content-type", "accept-encoding", "content-encoding"};
  return std::any_of(std::begin(kOurs), std::end(kOurs),
                     [&](std::string_view ours) { return EqualsIgnoreCase(ours, name); });
}

Result<std::string> KeyHeaderOf(const Reader& reader, const Node& node) {
  WEIR_TRY(const std::string name, reader.Text(node));
  if (!IsHeaderName(name)) return reader.Refuse(node, "is no header's name: an HTTP token is");
  if (IsOwnHeader(name)) return reader.Refuse(node, "carries no key: Weir sets it itself");
  return AsciiLower(name);
}

}  // namespace weir::config
