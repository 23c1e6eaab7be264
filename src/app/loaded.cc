#include "app/loaded.h"

#include <filesystem>

#include "app/wiring.h"
#include "catalog/directory.h"
#include "config/parse.h"

namespace weir::app {
namespace {

constexpr const char* kDefaultFile = "weir.yaml";

}  // namespace

Result<Loaded> Load(const std::string& path) {
  const config::Environment env = config::ProcessEnvironment();
  Loaded loaded;
  if (!path.empty() || std::filesystem::exists(kDefaultFile)) {
    WEIR_TRY(loaded.settings, config::ParseFile(path.empty() ? kDefaultFile : path, env));
  } else {
    WEIR_TRY(catalog::Starter starter, catalog::MakeStarter(env, DialectNames()));
    loaded.settings = std::move(starter.settings);
    loaded.notes = std::move(starter.notes);
  }
  WEIR_TRY(catalog::Directory directory,
           catalog::Resolve(loaded.settings, env, DialectNames(), ClassifierNames()));
  WEIR_TRY(loaded.router,
           route::Router::Make(std::make_shared<const catalog::Directory>(std::move(directory)),
                               Classifiers(), Signals()));
  return loaded;
}

}  // namespace weir::app
