// Of a long text, its head and its tail: where a question stands, whatever is pasted between.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::route {

// `text` when it has at most `most` bytes; else its first and last half of that, whole characters
// only, with a newline between, written to `cut`, which must outlive the result.
std::string_view BothEnds(std::string_view text, size_t most, std::string* cut);

}  // namespace weir::route
