// Config and catalog files: refused in one line at a place in the file, or resolved and described.
// What a variable holds is never in a parser's error.
#include <optional>
#include <string>

#include "catalog/builtin.h"
#include "catalog/describe.h"
#include "catalog/directory.h"
#include "config/parse.h"
#include "fuzz/check.h"

namespace weir::fuzz {
namespace {

constexpr std::string_view kCanary = "sk-canary-7f3a";

std::optional<std::string> Variable(std::string_view name) {
  if (name == "KEY") return std::string(kCanary);
  if (name == "URL") return "https://upstream.example/v1";
  return std::nullopt;
}

void CheckError(const Error& error) {
  WEIR_FUZZ_CHECK(error.reason == Reason::kConfig);
  WEIR_FUZZ_CHECK(error.message.starts_with("f:"));
  WEIR_FUZZ_CHECK(error.message.size() < 3'000);
  WEIR_FUZZ_CHECK(error.message.find('\n') == std::string::npos);
}

void CheckDirectory(const catalog::Directory& directory) {
  for (const catalog::Model& model : directory.models()) {
    WEIR_FUZZ_CHECK(directory.FindModel(model.name) == model.id);
    WEIR_FUZZ_CHECK(model.provider < directory.providers().size());
    for (catalog::ModelId id : model.fallbacks) WEIR_FUZZ_CHECK(id != model.id);
    for (catalog::ModelId id : model.twins) WEIR_FUZZ_CHECK(id != model.id);
  }
  for (const catalog::Route& route : directory.routes()) {
    WEIR_FUZZ_CHECK(directory.FindModel(route.name) == catalog::kNoModel);
    WEIR_FUZZ_CHECK(route.single != catalog::kNoModel || route.tiers.size() >= 3);
    WEIR_FUZZ_CHECK(route.default_tier >= 0);
    WEIR_FUZZ_CHECK(route.rules.size() == route.rule_tiers.size());
    WEIR_FUZZ_CHECK(route.rules.size() == route.rule_models.size());
  }
}

// The same bytes as a file of the user's over the built-in catalog.
void CheckAsCatalog(std::string_view text) {
  const Result<catalog::BuiltinCatalog> extended =
      catalog::ExtendCatalog(*catalog::Builtin(), text, "f");
  if (!extended) return CheckError(extended.error());
  for (const catalog::BuiltinModel& model : extended->models) {
    WEIR_FUZZ_CHECK(extended->FindVendor(model.vendor) != nullptr);
    WEIR_FUZZ_CHECK(extended->FindModel(model.vendor, model.alias) == &model);
  }
}

void Run(std::string_view text) {
  CheckAsCatalog(text);
  constexpr std::string_view kDialects[] = {"openai", "simulator"};
  constexpr std::string_view kClassifiers[] = {"seed", "rules"};
  const config::Environment env = Variable;
  Result<config::Settings> settings = config::Parse(text, "f", env);
  if (!settings) {
    CheckError(settings.error());
    bool in_clear = text.find(kCanary) != std::string_view::npos;
    WEIR_FUZZ_CHECK(in_clear || settings.error().message.find(kCanary) == std::string::npos);
    return;
  }
  settings->catalog = {};  // no input names a file to read
  Result<catalog::Directory> directory = catalog::Resolve(*settings, env, kDialects, kClassifiers);
  if (!directory) return CheckError(directory.error());
  CheckDirectory(*directory);
  WEIR_FUZZ_CHECK(catalog::Describe(*settings, *directory, {}).ends_with('\n'));
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  weir::fuzz::Run(weir::fuzz::Bytes(bytes, size));
  return 0;
}
