// Numbers as people and models write them, compared by value and without rounding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::quality {

// One spelling for each value: "1000", "1000.0", "1e3" and "+1000" are all "1e3", "-0" is "0".
// nullopt for what is no decimal number, or one with an exponent beyond a million.
std::optional<std::string> CanonicalDecimal(std::string_view number);

struct Quantity {
  std::string value;      // canonical
  std::string_view unit;  // "%", "km", "$"; as written, before or after the number; may be empty
  bool alone = false;     // no letter or digit stands before it, but signs of Markdown may
};

// The number that `text` ends in, a unit of one word and punctuation aside: of "So it is 1,000 km."
// it is 1e3 and "km". nullopt where it ends in something else ("10:05"), or its words may deny or
// hedge it ("not 42", "about 42").
std::optional<Quantity> FinalQuantity(std::string_view text);

}  // namespace weir::quality
