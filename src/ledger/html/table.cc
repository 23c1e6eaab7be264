#include "ledger/html/table.h"

#include <fmt/format.h>

#include "ledger/html/text.h"

namespace weir::ledger::html {

Table::Table(std::string_view caption, const std::vector<std::string_view>& heads, size_t texts)
    : columns_(heads.size()), texts_(texts) {
  html_ = fmt::format(
      "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table><caption>{}"
      "</caption><thead><tr>",
      Escape(caption), Escape(caption));
  for (size_t i = 0; i < columns_; ++i) {
    const bool text = i == 0 || i + texts_ >= columns_;
    html_ +=
        fmt::format("<th scope=\"col\"{}>{}</th>", text ? " class=\"text\"" : "", Escape(heads[i]));
  }
  html_ += "</tr></thead><tbody>\n";
}

void Table::Row(const std::vector<std::string>& cells, std::string_view style) {
  html_ += style.empty() ? "<tr>" : fmt::format("<tr class=\"{}\">", style);
  for (size_t i = 0; i < cells.size(); ++i) {
    const bool text = i + texts_ >= columns_;
    html_ += i == 0 ? "<th scope=\"row\">" + cells[i] + "</th>"
                    : fmt::format("<td{}>{}</td>", text ? " class=\"text\"" : "", cells[i]);
  }
  html_ += "</tr>\n";
}

}  // namespace weir::ledger::html
