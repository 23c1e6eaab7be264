#include "gateway/model_list.h"

#include "json/write.h"

namespace weir::gateway {
namespace {

void WriteModel(json::Writer& writer, std::string_view id, std::string_view owner) {
  writer.BeginObject();
  writer.Key("id");
  writer.String(id);
  writer.Key("object");
  writer.String("model");
  writer.Key("created");
  writer.Int(0);
  writer.Key("owned_by");
  writer.String(owner);
  writer.EndObject();
}

}  // namespace

std::string ModelListJson(const catalog::Directory& directory, const limits::Key* key) {
  std::string body;
  json::Writer writer(&body);
  writer.BeginObject();
  writer.Key("object");
  writer.String("list");
  writer.Key("data");
  writer.BeginArray();
  for (const catalog::Route& route : directory.routes()) {
    if (key == nullptr || key->MayAsk(route)) WriteModel(writer, route.name, "weir");
  }
  for (const catalog::Model& model : directory.models()) {
    const catalog::Provider& provider = directory.provider(model.provider);
    if (provider.key_missing) continue;
    if (key != nullptr && !(key->may_override() && key->MayPin(model.id))) continue;
    bool owns_alias = directory.FindModel(model.alias) == model.id;
    WriteModel(writer, owns_alias ? model.alias : model.name, provider.name);
  }
  writer.EndArray();
  writer.EndObject();
  return body;
}

Result<std::string> ModelJson(const catalog::Directory& directory, std::string_view raw_id,
                              const limits::Key* key) {
  std::string id = PercentDecode(raw_id, false).value_or("");
  std::string body;
  json::Writer writer(&body);
  const catalog::Route* route = directory.FindRoute(id);
  if (route != nullptr && (key == nullptr || key->MayAsk(*route))) {
    WriteModel(writer, id, "weir");
    return body;
  }
  catalog::ModelId model = directory.FindModel(id);
  const bool allowed = key == nullptr || (key->may_override() && key->MayPin(model));
  if (model != catalog::kNoModel && allowed) {
    WriteModel(writer, id, directory.provider_of(model).name);
    return body;
  }
  std::string_view nearest = key == nullptr ? directory.Nearest(id) : std::string_view();
  return MakeError(Reason::kModelNotFound,
                   nearest.empty()
                       ? "no route or model has this name"
                       : fmt::format("no route or model has this name; did you mean {}?", nearest),
                   "model");
}

}  // namespace weir::gateway
