// Splicing bytes into a JSON text without re-serialising the rest of it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/shelves.h"
#include "json/scan.h"

namespace weir::json {

struct Edit {
  Span span;            // replaced bytes; empty = insertion at span.begin
  ShelvedString bytes;  // ready JSON
};

// `text` with the edits applied; they must be ordered and must not overlap. The result has kPadding
// bytes of capacity beyond its size.
std::string Apply(std::string_view text, std::span<const Edit> edits);

// The same, not put together: what stays is sent from where it lies.
class Patched {
 public:
  Patched() = default;
  // `text` outlives this.
  Patched(std::string_view text, ShelvedVector<Edit> edits);

  size_t size() const { return size_; }
  std::string Whole() const { return Apply(text_, edits_); }
  // Good for as long as this stays where it is.
  void AppendPieces(ShelvedVector<std::string_view>* pieces) const;

 private:
  std::string_view text_;
  ShelvedVector<Edit> edits_;
  size_t size_ = 0;
};

}  // namespace weir::json
