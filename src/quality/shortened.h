// A long text for somebody who has room for a part of it.
#pragma once

#include <string>
#include <string_view>

namespace weir::quality {

// At most `most` bytes (64 at least), cut at characters: its beginning, a mark, and its end. What
// is asked for stands in the first lines or the last ones, behind a document.
std::string Shortened(std::string_view text, size_t most);

}  // namespace weir::quality
