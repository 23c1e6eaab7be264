#include "json/patch.h"

#include <cassert>

namespace weir::json {

void ApplyInto(std::string_view text, std::span<const Edit> edits, std::string* out) {
  out->clear();
  size_t size = text.size() + kPadding;
  for (const Edit& edit : edits) size += edit.bytes.size();
  out->reserve(size);
  size_t copied = 0;
  for (const Edit& edit : edits) {
    assert(edit.span.begin >= copied && edit.span.end >= edit.span.begin &&
           edit.span.end <= text.size());
    out->append(text, copied, edit.span.begin - copied);
    out->append(edit.bytes);
    copied = edit.span.end;
  }
  out->append(text, copied);
}

std::string Apply(std::string_view text, std::span<const Edit> edits) {
  std::string out;
  ApplyInto(text, edits, &out);
  return out;
}

}  // namespace weir::json
