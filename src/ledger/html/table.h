// A table of the HTML report.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::ledger::html {

class Table {
 public:
  // The first column is text, the others are figures, but the last `texts` of them.
  Table(std::string_view caption, const std::vector<std::string_view>& heads, size_t texts = 0);
  // Cells are HTML.
  void Row(const std::vector<std::string>& cells, std::string_view style = "");
  std::string Html() const { return html_ + "</tbody></table></div>\n"; }

 private:
  std::string html_;
  size_t columns_, texts_;
};

}  // namespace weir::ledger::html
