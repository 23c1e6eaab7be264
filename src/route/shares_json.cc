#include "route/shares_json.h"

#include "json/write.h"

namespace weir::route {

void AppendSharesJson(const catalog::Route& route, std::string* out) {
  json::Writer writer(out);
  writer.BeginObject();
  writer.Key("shares");
  writer.BeginObject();
  for (size_t i = 0; i < route.tiers.size(); ++i) {
    writer.Key(route.tiers[i].name);
    writer.Double(route.shares[i]);
  }
  writer.EndObject();
  writer.EndObject();
}

}  // namespace weir::route
