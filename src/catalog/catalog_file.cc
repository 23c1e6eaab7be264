#include <filesystem>

#include "catalog/builtin.h"
#include "catalog/price_age.h"
#include "config/header_name.h"
#include "config/option.h"
#include "config/price_options.h"

namespace weir::catalog {
namespace {

using config::Node;
using config::Option;
using config::Reader;
using config::ReadSection;
using config::Set;

struct Draft {
  BuiltinCatalog catalog;
  std::string_view user_file;    // empty: the shipped one
  const Node* models = nullptr;  // read last: a model's vendor may stand behind it in the file
};

// What a row says; the rest stays as it was.
struct ModelRow {
  std::optional<config::PriceSettings> price;
  std::optional<int64_t> context, max_output;
  std::optional<std::vector<config::Name>> capabilities;
  std::optional<int> rank;
  std::optional<std::string> source, date;
};

Result<void> ReadBaseUrl(Reader& reader, const Node& node, Vendor& vendor) {
  WEIR_TRY(vendor.base_url, reader.UrlOf(node));
  vendor.base_url_form.clear();
  return {};
}

Result<void> ReadBaseUrlForm(Reader& reader, const Node& node, Vendor& vendor) {
  WEIR_CHECK_OK(reader.UrlOf(node));  // which would write its placeholder in lower case
  vendor.base_url_form = node.text;
  vendor.base_url = {};
  return {};
}

Result<void> ReadApi(Reader& reader, const Node& node, Vendor& vendor) {
  WEIR_TRY(config::Name name, reader.NameOf(node));
  vendor.api = std::move(name.text);
  return {};
}

Result<void> ReadKeyEnv(Reader& reader, const Node& node, Vendor& vendor) {
  WEIR_TRY(config::Name name, reader.NameOf(node));
  vendor.key_env = std::move(name.text);
  return {};
}

Result<void> ReadKeyHeader(Reader& reader, const Node& node, Vendor& vendor) {
  WEIR_TRY(vendor.key_header, config::KeyHeaderOf(reader, node));
  return {};
}

constexpr Option<Vendor> kVendorOptions[] = {
    {"api", "wire dialect", ReadApi},
    {"base_url", "URL before /chat/completions", ReadBaseUrl},
    {"base_url_form", "what the URL looks like that the user has to give", ReadBaseUrlForm},
    {"key_env", "variable that holds its key", ReadKeyEnv},
    {"key_header", "header that carries the bare key", ReadKeyHeader},
    {"stream_options", "false: it is never sent", Set<&Reader::Bool, &Vendor::stream_options>},
    {"reseller", "sells models of others", Set<&Reader::Bool, &Vendor::reseller>},
    {"local", "an engine of the user: no key, any model, free", Set<&Reader::Bool, &Vendor::local>},
};

Result<void> CheckVendor(const Reader& reader, const Node& node, const config::Name& key,
                         Vendor* vendor) {
  if (key.text.find('/') != std::string::npos) {
    return reader.At(key.mark, "a vendor's name has no `/`: models are `vendor/model`");
  }
  if (node.FindKey("base_url") != nullptr && node.FindKey("base_url_form") != nullptr) {
    return reader.At(key.mark, "has both base_url and base_url_form: one of them");
  }
  if (vendor->local && node.FindKey("key_env") == nullptr) vendor->key_env.clear();
  if (vendor->local && !vendor->key_env.empty()) {
    return reader.At(key.mark, "a `local` engine has no `key_env`; its keys stand in the config");
  }
  const bool addressed = !vendor->base_url.host.empty() || !vendor->base_url_form.empty();
  if (vendor->api.empty() || !addressed || (vendor->key_env.empty() && !vendor->local)) {
    return reader.At(key.mark, "needs api, base_url and key_env; instead of key_env `local: true`");
  }
  return {};
}

Result<void> ReadVendors(Reader& reader, const Node& node, Draft& draft) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{openai: {…}}"));
  BuiltinCatalog& catalog = draft.catalog;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const config::Name& key = node.keys[i];
    Reader::Step step(reader, key.text);
    WEIR_CHECK_OK(reader.CheckName(key));
    const Vendor* known = catalog.FindVendor(key.text);
    Vendor vendor = known == nullptr ? Vendor() : *known;
    vendor.name = key.text;
    WEIR_CHECK_OK(ReadSection<Vendor>(reader, node.items[i], kVendorOptions, vendor));
    WEIR_CHECK_OK(CheckVendor(reader, node.items[i], key, &vendor));
    auto [place, is_new] = catalog.vendor_index.emplace(vendor.name, catalog.vendors.size());
    if (is_new) catalog.vendors.emplace_back();
    catalog.vendors[place->second] = std::move(vendor);
  }
  return {};
}

Result<void> ReadPrice(Reader& reader, const Node& node, ModelRow& row) {
  WEIR_TRY(row.price, config::ReadPriceSettings(reader, node));
  return {};
}

Result<void> ReadDate(Reader& reader, const Node& node, ModelRow& row) {
  WEIR_TRY(row.date, reader.Text(node));
  if (!ParseDay(*row.date)) return reader.Refuse(node, "is not a date such as 2026-11-23");
  return {};
}

constexpr Option<ModelRow> kModelOptions[] = {
    {"price", "USD per million tokens", ReadPrice},
    {"context", "tokens", Set<&Reader::Tokens, &ModelRow::context>},
    {"max_output", "tokens", Set<&Reader::Tokens, &ModelRow::max_output>},
    {"capabilities", "words of capability.cc", Set<&Reader::Names, &ModelRow::capabilities>},
    {"rank", "rough strength", config::SetInteger<&ModelRow::rank, 0, 100>},
    {"source", "where the price was read", Set<&Reader::Line, &ModelRow::source>},
    {"date", "the day it was read", ReadDate},
};

Result<void> NameModel(const Reader& reader, const config::Name& key, const BuiltinCatalog& catalog,
                       BuiltinModel* model) {
  const size_t slash = key.text.find('/');
  if (slash == std::string::npos || slash + 1 == key.text.size()) {
    return reader.At(key.mark, "a model is named vendor/model");
  }
  model->name = key.text;
  model->vendor = key.text.substr(0, slash);
  model->alias = key.text.substr(slash + 1);
  if (catalog.FindVendor(model->vendor) != nullptr) return {};
  std::vector<std::string_view> vendors;
  for (const Vendor& vendor : catalog.vendors) vendors.push_back(vendor.name);
  const std::string_view near = DidYouMean(model->vendor, vendors);
  return reader.At(key.mark,
                   fmt::format("no vendor is named `{}`{}", model->vendor,
                               near.empty() ? "" : fmt::format("; did you mean `{}`?", near)));
}

// A row that gives `source` or `date` alone says that the known price was looked up again.
Result<void> SetPrices(const Reader& reader, const config::Name& key, const ModelRow& row,
                       std::string_view user_file, BuiltinModel* model) {
  if (row.price) {
    if (user_file.empty() && (!row.source || !row.date)) {
      return reader.At(key.mark, "a price needs source and date");
    }
    model->prices = MakePrices(*row.price, std::string(user_file), "");
  }
  if (!model->prices && (row.source || row.date)) {
    return reader.At(key.mark, "`source` and `date` belong to a price, and there is none");
  }
  if (row.source) model->prices->source = *row.source;
  if (row.date) model->prices->date = *row.date;
  return {};
}

Result<void> SetCapabilities(const Reader& reader, const ModelRow& row, BuiltinModel* model) {
  if (row.capabilities) model->capabilities = 0;
  for (const config::Name& word : row.capabilities.value_or(std::vector<config::Name>())) {
    const std::optional<Capability> capability = CapabilityByName(word.text);
    if (!capability) {
      return reader.At(word.mark, fmt::format("unknown capability `{}`: known are {}", word.text,
                                              CapabilityNames(0xffff)));
    }
    model->capabilities |= Bit(*capability);
  }
  model->capabilities = WithChat(model->capabilities);
  return {};
}

Result<void> ReadModel(Reader& reader, const config::Name& key, const Node& node, Draft& draft) {
  Reader::Step step(reader, key.text);
  WEIR_CHECK_OK(reader.CheckName(key));
  BuiltinCatalog& catalog = draft.catalog;
  ModelRow row;
  WEIR_CHECK_OK(ReadSection<ModelRow>(reader, node, kModelOptions, row));
  auto known = catalog.model_index.find(key.text);
  const bool is_new = known == catalog.model_index.end();
  BuiltinModel model = is_new ? BuiltinModel() : catalog.models[known->second];
  WEIR_CHECK_OK(NameModel(reader, key, catalog, &model));
  WEIR_CHECK_OK(SetPrices(reader, key, row, draft.user_file, &model));
  WEIR_CHECK_OK(SetCapabilities(reader, row, &model));
  model.context = row.context.value_or(model.context);
  model.max_output = row.max_output.value_or(model.max_output);
  model.rank = row.rank.value_or(model.rank);
  if (!is_new) {
    catalog.models[known->second] = std::move(model);
    return {};
  }
  catalog.model_index.emplace(model.name, catalog.models.size());
  catalog.alias_index.emplace(model.alias, catalog.models.size());
  catalog.models.push_back(std::move(model));
  return {};
}

Result<void> KeepModels(Reader& reader, const Node& node, Draft& draft) {
  draft.models = &node;
  return reader.ExpectMap(node, "{openai/gpt-4o: {…}}");
}

constexpr Option<Draft> kCatalogOptions[] = {
    {"providers", "vendors by name", ReadVendors},
    {"models", "models by vendor/name", KeepModels},
};

Result<BuiltinCatalog> Read(std::string_view text, std::string_view file, Draft draft) {
  const auto no_variables = [](std::string_view) { return std::optional<std::string>(); };
  WEIR_TRY(const Node root, config::LoadYaml(text, file, no_variables));
  Reader reader(file);
  WEIR_CHECK_OK(ReadSection<Draft>(reader, root, kCatalogOptions, draft));
  if (draft.models == nullptr) return std::move(draft.catalog);
  Reader::Step step(reader, "models");
  for (size_t i = 0; i < draft.models->keys.size(); ++i) {
    WEIR_CHECK_OK(ReadModel(reader, draft.models->keys[i], draft.models->items[i], draft));
  }
  return std::move(draft.catalog);
}

}  // namespace

Result<BuiltinCatalog> ParseCatalog(std::string_view text, std::string_view file) {
  return Read(text, file, {});
}

Result<BuiltinCatalog> ExtendCatalog(const BuiltinCatalog& base, std::string_view text,
                                     std::string_view file) {
  return Read(text, file, {.catalog = base, .user_file = file});
}

Result<BuiltinCatalog> CatalogOf(const config::Settings& settings) {
  const Result<BuiltinCatalog>& builtin = Builtin();
  if (!builtin || settings.catalog.text.empty()) return builtin;
  namespace fs = std::filesystem;
  const fs::path path =
      (fs::path(settings.file).parent_path() / settings.catalog.text).lexically_normal();
  const auto refuse = [&settings](std::string_view why) {
    return config::ErrorAt(settings.file, settings.catalog.mark, fmt::format("catalog: {}", why));
  };
  std::error_code status;
  if (fs::exists(path, status) && !fs::is_regular_file(path, status)) {
    return refuse(fmt::format("{} is not a file", path.string()));
  }
  const Result<std::string> text = config::ReadFile(path);
  if (!text) return refuse(text.error().message);
  return ExtendCatalog(*builtin, *text, path.string());
}

}  // namespace weir::catalog
