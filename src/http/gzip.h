// Inflates gzip/zlib ("deflate") answers with a bound on what comes out (gzip bombs).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::http {

class Inflater {
 public:
  explicit Inflater(size_t max_output);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  // Appends what `bytes` give to `out`. kUpstreamTooLarge past the bound, kUpstreamProtocol for junk.
  Result<void> Feed(std::string_view bytes, std::string* out);
  bool ended() const;  // the stream's own end was seen

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// True for gzip, x-gzip and deflate (any case): what Inflater reads.
bool IsInflatable(std::string_view content_encoding);

}  // namespace weir::http
