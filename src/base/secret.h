// A string that cannot be printed: no operator<<, no formatter, no conversion. Who needs the bytes
// says Reveal(), which is easy to grep. Every Secret is also known to the log's scrubber (log.h).
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace weir {

class Secret {
 public:
  Secret() = default;
  // Registers the bytes with the log's scrubber.
  explicit Secret(std::string bytes);
  std::string_view Reveal() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string bytes_;
};

// Replaces every registered secret of 6 or more characters by "[secret]". Any thread.
void ScrubSecrets(std::string* text);
std::string ScrubSecrets(std::string_view text);

}  // namespace weir
