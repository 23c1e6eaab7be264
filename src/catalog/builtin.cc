#include "catalog/builtin.h"

#include <fmt/format.h>

namespace weir::catalog {

extern const unsigned char kCatalogText[];  // written by embed.cmake
extern const size_t kCatalogTextSize;

namespace {

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

const Result<BuiltinCatalog>& Builtin() {
  static const Result<BuiltinCatalog> catalog =
      ParseCatalog({reinterpret_cast<const char*>(kCatalogText), kCatalogTextSize}, "(catalog)");
  return catalog;
}

}  // namespace weir::catalog
