// The built-in catalog: vendors and models that need not be declared, as data in catalog.yaml,
// which the binary carries. Every price there has a source and a date.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "catalog/directory.h"

namespace weir::catalog {

struct Vendor {
  std::string name;
  std::string api;             // dialect name; it need not be built
  config::Url base_url;        // host empty: the user names it
  std::string base_url_form;   // then: what it looks like
  std::string key_env;         // empty: `local`
  std::string key_header;      // lower case; empty: authorization
  bool stream_options = true;  // false: it refuses the member
  bool reseller = false;       // sells models of others: its copy is not "the vendor's own"
  bool local = false;          // an engine of the user: no key, serves any model, free of charge
};

struct BuiltinModel {
  std::string name;    // "deepseek/deepseek-chat"
  std::string vendor;  // "deepseek"
  std::string alias;   // "deepseek-chat"
  std::optional<Prices> prices;
  int64_t context = 0;     // tokens; 0: unknown
  int64_t max_output = 0;  // tokens; 0: unknown
  CapabilitySet capabilities = 0;
  int rank = 0;  // 0..100
};

// Immutable once parsed.
struct BuiltinCatalog {
  std::vector<Vendor> vendors;       // the file's order
  std::vector<BuiltinModel> models;  // the file's order

  const Vendor* FindVendor(std::string_view name) const;
  const BuiltinModel* FindModel(std::string_view vendor, std::string_view alias) const;
  // The first model of that full name or alias, whoever sells it.
  const BuiltinModel* FindAny(std::string_view name) const;

  std::unordered_map<std::string, size_t, StringHash, std::equal_to<>> vendor_index;
  std::unordered_map<std::string, size_t, StringHash, std::equal_to<>> model_index;  // full names
  std::unordered_map<std::string, size_t, StringHash, std::equal_to<>> alias_index;
};

// Errors are "file:line:col: …". Refused: a price without source or date, a model of an unknown
// vendor, duplicates, unknown keys.
Result<BuiltinCatalog> ParseCatalog(std::string_view text, std::string_view file);
// `base` with the rows of a user's file of the same shape over it: what a row does not say stays as
// it was, a row of a new name is added. A price needs no source (it is then the file) and no date.
Result<BuiltinCatalog> ExtendCatalog(const BuiltinCatalog& base, std::string_view text,
                                     std::string_view file);
// The built-in catalog with the file that `settings.catalog` names over it.
Result<BuiltinCatalog> CatalogOf(const config::Settings& settings);

// The shipped one; parsed once, at the first call. Any thread.
const Result<BuiltinCatalog>& Builtin();

}  // namespace weir::catalog
