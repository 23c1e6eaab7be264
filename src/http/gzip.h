// Inflates gzip/zlib ("deflate") answers with a bound on what comes out (gzip bombs).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::http {

// One body. The format (gzip, of one or more members, or zlib) is told by its first bytes.
class Inflater {
 public:
  explicit Inflater(size_t max_output);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;
  // Appends what `bytes` give to `out`. kUpstreamTooLarge past the bound (what fits is appended),
  // kUpstreamProtocol for junk. Do not go on after an error.
  Result<void> Feed(std::string_view bytes, std::string* out);
  // The stream's own end was seen; a body that stops before it is truncated.
  bool ended() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// True for gzip, x-gzip and deflate (any case): what Inflater reads.
bool IsInflatable(std::string_view content_encoding);

}  // namespace weir::http
