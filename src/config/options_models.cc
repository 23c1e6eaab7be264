#include "config/options.h"
#include "config/price_options.h"

namespace weir::config {
namespace {

constexpr size_t kMaxModels = 1'000'000;

Result<void> ReadPrice(Reader& reader, const Node& node, ModelSettings& model) {
  WEIR_TRY(model.price, ReadPriceSettings(reader, node));
  return {};
}

Result<void> ReadProvider(Reader& reader, const Node& node, ModelSettings& model) {
  WEIR_TRY(Name provider, reader.NameOf(node));
  model.providers.push_back(std::move(provider));
  return {};
}

Result<void> ReadProviderList(Reader& reader, const Node& node, ModelSettings& model) {
  WEIR_TRY(std::vector<Name> providers, reader.Names(node));
  if (providers.empty()) return reader.At(node.mark, "the list is empty");
  model.providers.insert(model.providers.end(), providers.begin(), providers.end());
  return {};
}

constexpr Option<ModelSettings> kModelOptions[] = {
    {"provider", "who serves it", ReadProvider},
    {"providers", "several who serve it: the first is asked first", ReadProviderList},
    {"upstream", "its name there; default: the same", Set<&Reader::Text, &ModelSettings::upstream>},
    {"price", "USD per million tokens; default: the catalog's, else unpriced", ReadPrice},
    {"context", "tokens of prompt and answer together; default: the catalog's, else no gate",
     Set<&Reader::Tokens, &ModelSettings::context>},
    {"max_output", "tokens of an answer; default: the catalog's",
     Set<&Reader::Tokens, &ModelSettings::max_output>},
    {"capabilities",
     "of tools, vision, json_schema, json_object, reasoning, embeddings, completions, chat; "
     "default: the catalog's, else all but embeddings",
     Set<&Reader::Names, &ModelSettings::capabilities>},
};

Result<void> CheckModel(Reader& reader, const Node& node, const ModelSettings& model) {
  const Name* several = node.FindKey("providers");
  if (several != nullptr && node.FindKey("provider") != nullptr) {
    return reader.At(several->mark, "`provider` and `providers` exclude each other");
  }
  if (model.context && model.max_output && *model.max_output > *model.context) {
    return reader.At(node.FindKey("max_output")->mark, "max_output is larger than context");
  }
  const Node* upstream = node.Find("upstream");
  if (upstream == nullptr) return {};
  return reader.CheckName({upstream->expanded ? upstream->raw : model.upstream, upstream->mark});
}

}  // namespace

Result<void> ReadModels(Reader& reader, const Node& node, Settings& settings) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{gpt-4o: {provider: openai}}"));
  if (node.keys.size() > kMaxModels) return reader.At(node.mark, "more than 1,000,000 models");
  settings.models.reserve(node.keys.size());
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const Name& name = node.keys[i];
    WEIR_CHECK_OK(reader.CheckName(name));
    Reader::Step step(reader, name.text);
    ModelSettings model;
    model.name = name;
    WEIR_CHECK_OK(ReadSection<ModelSettings>(reader, node.items[i], kModelOptions, model));
    WEIR_CHECK_OK(CheckModel(reader, node.items[i], model));
    settings.models.push_back(std::move(model));
  }
  return {};
}

Result<void> ReadFallbacks(Reader& reader, const Node& node, Settings& settings) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{gpt-4o-mini: [gpt-4o]}"));
  for (size_t i = 0; i < node.keys.size(); ++i) {
    WEIR_CHECK_OK(reader.CheckName(node.keys[i]));
    Reader::Step step(reader, node.keys[i].text);
    WEIR_TRY(std::vector<Name> chain, reader.Names(node.items[i]));
    settings.fallbacks.push_back({node.keys[i], std::move(chain)});
  }
  return {};
}

void AppendModelDocs(std::vector<OptionDoc>* docs) {
  AppendDocs<ModelSettings>("models.NAME.", kModelOptions, docs);
  AppendPriceDocs("models.NAME.price.", docs);
}

}  // namespace weir::config
