#include "catalog/builtin.h"

#include "config/option.h"

namespace weir::catalog {

extern const unsigned char kCatalogText[];  // written by embed.cmake
extern const size_t kCatalogTextSize;

namespace {

using config::Node;
using config::Option;
using config::Reader;
using config::ReadSection;
using config::Set;

struct ModelRow {
  std::optional<config::PriceSettings> price;
  int64_t context = 0;
  int64_t max_output = 0;
  std::vector<config::Name> capabilities;
  int rank = 0;
  std::string source;
  std::string date;
};

Result<void> ReadKeyEnv(Reader& reader, const Node& node, Vendor& vendor) {
  WEIR_TRY(config::Name name, reader.NameOf(node));
  vendor.key_env = std::move(name.text);
  return {};
}

constexpr Option<Vendor> kVendorOptions[] = {
    {"api", "wire dialect", Set<&Reader::Text, &Vendor::api>},
    {"base_url", "URL before /chat/completions", Set<&Reader::UrlOf, &Vendor::base_url>},
    {"key_env", "variable that holds its key", ReadKeyEnv},
    {"reseller", "sells models of others", Set<&Reader::Bool, &Vendor::reseller>},
};

constexpr Option<config::PriceSettings> kPriceOptions[] = {
    {"input", "USD per million", Set<&Reader::PriceOf, &config::PriceSettings::input>},
    {"cached_input", "USD per million",
     Set<&Reader::PriceOf, &config::PriceSettings::cached_input>},
    {"output", "USD per million", Set<&Reader::PriceOf, &config::PriceSettings::output>},
};

Result<void> ReadPrice(Reader& reader, const Node& node, ModelRow& row) {
  config::PriceSettings price;
  WEIR_CHECK_OK(ReadSection<config::PriceSettings>(reader, node, kPriceOptions, price));
  if (!price.input || !price.output) return reader.At(node.mark, "needs input and output");
  row.price = price;
  return {};
}

Result<void> ReadDate(Reader& reader, const Node& node, ModelRow& row) {
  WEIR_TRY(row.date, reader.Text(node));
  constexpr std::string_view kShape = "dddd-dd-dd";
  bool ok = row.date.size() == kShape.size();
  for (size_t i = 0; ok && i < kShape.size(); ++i) {
    bool digit = row.date[i] >= '0' && row.date[i] <= '9';
    ok = kShape[i] == 'd' ? digit : row.date[i] == kShape[i];
  }
  if (!ok) return reader.Refuse(node, "is not a date such as 2026-11-23");
  return {};
}

constexpr Option<ModelRow> kModelOptions[] = {
    {"price", "USD per million tokens", ReadPrice},
    {"context", "tokens", Set<&Reader::Tokens, &ModelRow::context>},
    {"max_output", "tokens", Set<&Reader::Tokens, &ModelRow::max_output>},
    {"capabilities", "words of capability.cc", Set<&Reader::Names, &ModelRow::capabilities>},
    {"rank", "rough strength", config::SetInteger<&ModelRow::rank, 0, 100>},
    {"source", "where the price was read", Set<&Reader::Text, &ModelRow::source>},
    {"date", "the day it was read", ReadDate},
};

Result<void> ReadVendors(Reader& reader, const Node& node, BuiltinCatalog& catalog) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{openai: {…}}"));
  for (size_t i = 0; i < node.keys.size(); ++i) {
    Reader::Step step(reader, node.keys[i].text);
    WEIR_CHECK_OK(reader.CheckName(node.keys[i]));
    Vendor vendor;
    vendor.name = node.keys[i].text;
    WEIR_CHECK_OK(ReadSection<Vendor>(reader, node.items[i], kVendorOptions, vendor));
    if (vendor.api.empty() || vendor.base_url.host.empty() || vendor.key_env.empty()) {
      return reader.At(node.keys[i].mark, "needs api, base_url and key_env");
    }
    catalog.vendor_index.emplace(vendor.name, catalog.vendors.size());
    catalog.vendors.push_back(std::move(vendor));
  }
  return {};
}

Result<BuiltinModel> MakeModel(const Reader& reader, const config::Name& key, const ModelRow& row) {
  BuiltinModel model;
  model.name = key.text;
  size_t slash = key.text.find('/');
  if (slash == std::string::npos) return reader.At(key.mark, "a model is named vendor/model");
  model.vendor = key.text.substr(0, slash);
  model.alias = key.text.substr(slash + 1);
  if (row.price && (row.source.empty() || row.date.empty())) {
    return reader.At(key.mark, "a price needs source and date");
  }
  if (row.price) {
    const config::PriceSettings& price = *row.price;
    model.prices = Prices{*price.input, price.cached_input.value_or(*price.input), *price.output,
                          row.source, row.date};
  }
  for (const config::Name& word : row.capabilities) {
    std::optional<Capability> capability = CapabilityByName(word.text);
    if (!capability) {
      return reader.At(word.mark, fmt::format("unknown capability `{}`", word.text));
    }
    model.capabilities |= Bit(*capability);
  }
  model.capabilities = WithChat(model.capabilities);
  model.context = row.context;
  model.max_output = row.max_output;
  model.rank = row.rank;
  return model;
}

Result<void> ReadModels(Reader& reader, const Node& node, BuiltinCatalog& catalog) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{openai/gpt-4o: {…}}"));
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const config::Name& key = node.keys[i];
    Reader::Step step(reader, key.text);
    WEIR_CHECK_OK(reader.CheckName(key));
    ModelRow row;
    WEIR_CHECK_OK(ReadSection<ModelRow>(reader, node.items[i], kModelOptions, row));
    WEIR_TRY(BuiltinModel model, MakeModel(reader, key, row));
    if (catalog.FindVendor(model.vendor) == nullptr) {
      return reader.At(key.mark, fmt::format("no vendor is named `{}`", model.vendor));
    }
    catalog.model_index.emplace(model.name, catalog.models.size());
    catalog.alias_index.emplace(model.alias, catalog.models.size());
    catalog.models.push_back(std::move(model));
  }
  return {};
}

// `providers` stands before `models` in the file: a model's vendor is looked up at once.
constexpr Option<BuiltinCatalog> kCatalogOptions[] = {
    {"providers", "vendors by name", ReadVendors},
    {"models", "models by vendor/name", ReadModels},
};

template <class Row>
const Row* Find(const std::vector<Row>& rows, const auto& index, std::string_view name) {
  auto found = index.find(name);
  return found == index.end() ? nullptr : &rows[found->second];
}

}  // namespace

const Vendor* BuiltinCatalog::FindVendor(std::string_view name) const {
  return Find(vendors, vendor_index, name);
}

const BuiltinModel* BuiltinCatalog::FindModel(std::string_view vendor,
                                              std::string_view alias) const {
  return Find(models, model_index, fmt::format("{}/{}", vendor, alias));
}

const BuiltinModel* BuiltinCatalog::FindAny(std::string_view name) const {
  const BuiltinModel* model = Find(models, model_index, name);
  return model != nullptr ? model : Find(models, alias_index, name);
}

Result<BuiltinCatalog> ParseCatalog(std::string_view text, std::string_view file) {
  auto no_variables = [](std::string_view) { return std::optional<std::string>(); };
  WEIR_TRY(Node root, config::LoadYaml(text, file, no_variables));
  Reader reader(file);
  BuiltinCatalog catalog;
  WEIR_CHECK_OK(ReadSection<BuiltinCatalog>(reader, root, kCatalogOptions, catalog));
  return catalog;
}

const Result<BuiltinCatalog>& Builtin() {
  static const Result<BuiltinCatalog> catalog =
      ParseCatalog({reinterpret_cast<const char*>(kCatalogText), kCatalogTextSize}, "(catalog)");
  return catalog;
}

}  // namespace weir::catalog
