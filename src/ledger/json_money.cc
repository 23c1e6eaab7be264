#include "ledger/json_money.h"

#include <string>

namespace weir::ledger {

void WriteMoney(json::Writer* writer, std::string_view name, std::optional<NanoUsd> amount) {
  writer->Key(std::string(name) + "_nano");
  amount ? writer->Int(amount->nano) : writer->Null();
  writer->Key(std::string(name) + "_usd");
  amount ? writer->String(FormatUsd(*amount)) : writer->Null();
}

}  // namespace weir::ledger
