#include "app/loaded.h"

#include <algorithm>
#include <filesystem>

#include "app/wiring.h"
#include "base/strings.h"
#include "catalog/directory.h"
#include "config/parse.h"
#include "limits/key_file.h"

namespace weir::app {
namespace {

constexpr const char* kDefaultFile = "weir.yaml";
// Sinks of the plan: refused by name until their row is wired.
constexpr std::string_view kPlannedSinks[] = {"postgres"};

Result<const ledger::SinkRow*> SinkNamed(const config::Settings& settings) {
  const config::Name& name = settings.ledger.sink;
  auto rows = Sinks();
  auto row = std::ranges::find(rows, name.text, &ledger::SinkRow::name);
  if (row != rows.end()) return *row;
  const std::vector<std::string_view> names = SinkNames();
  return config::NotBuiltAt(settings.file, "ledger sink", name, names, kPlannedSinks);
}

// The bytes of the file that `weights` names; empty: the built-in ones.
Result<std::string> WeightsOf(const config::Settings& settings) {
  if (settings.weights.text.empty()) return std::string();
  namespace fs = std::filesystem;
  const fs::path path =
      (fs::path(settings.file).parent_path() / settings.weights.text).lexically_normal();
  const auto refuse = [&](std::string_view why) {
    return config::ErrorAt(settings.file, settings.weights.mark, fmt::format("weights: {}", why));
  };
  std::error_code status;
  if (fs::exists(path, status) && !fs::is_regular_file(path, status)) {
    return refuse(fmt::format("{} is not a file", path.string()));
  }
  Result<std::string> bytes = config::ReadFile(path);
  if (!bytes) return refuse(bytes.error().message);
  for (const route::ClassifierRow* row : Classifiers()) {
    if (row->with == nullptr) continue;
    const auto made = row->with(*bytes);
    if (!made) return refuse(fmt::format("{}: {}", path.string(), made.error().message));
  }
  return bytes;
}

// What is stored of people's words is said wherever the config is shown.
Result<void> NoteBodies(Loaded* loaded) {
  using Bodies = config::LedgerSettings::Bodies;
  const config::LedgerSettings& ledger = loaded->settings.ledger;
  if (ledger.bodies == Bodies::kOff) return {};
  if (!loaded->sink->keeps_bodies) {
    return MakeError(Reason::kConfig, fmt::format("{}: ledger.bodies: the sink {} keeps no bodies",
                                                  loaded->settings.file, loaded->sink->name));
  }
  const std::string age = ledger.retention.count() > 0
                              ? fmt::format("for {}", FormatDuration(ledger.retention))
                              : std::string("for ever");
  loaded->notes.push_back(fmt::format(
      "ledger.bodies: prompts and answers of {} requests are stored in {} {}",
      ledger.bodies == Bodies::kOn ? "all" : "sampled", loaded->settings.data_dir, age));
  return {};
}

// Whoever reaches another address than this machine's must show a key.
Result<void> CheckListen(const Loaded& loaded) {
  const config::Settings& settings = loaded.settings;
  if (settings.listen.IsLoopback() || !loaded.keys->open()) return {};
  return config::ErrorAt(
      settings.file, settings.listen_mark,
      fmt::format("listen: \"{}\" is refused: without client keys everybody who reaches it could "
                  "spend your money: add `keys`, or run `weir keys add NAME`, or listen on "
                  "127.0.0.1",
                  settings.listen.ToString()));
}

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
  WEIR_TRY(loaded.sink, SinkNamed(loaded.settings));
  WEIR_CHECK_OK(NoteBodies(&loaded));
  WEIR_TRY(catalog::Directory directory,
           catalog::Resolve(loaded.settings, env, DialectNames(), ClassifierNames()));
  WEIR_TRY(const std::string weights, WeightsOf(loaded.settings));
  WEIR_TRY(loaded.router,
           route::Router::Make(std::make_shared<const catalog::Directory>(std::move(directory)),
                               Classifiers(), Signals(), {}, weights));
  WEIR_TRY(loaded.stored_keys, limits::ReadKeyFile(loaded.settings.data_dir));
  WEIR_TRY(loaded.keys,
           limits::KeyRing::Make(loaded.settings, loaded.stored_keys, loaded.router->directory()));
  WEIR_CHECK_OK(CheckListen(loaded));
  return loaded;
}

}  // namespace weir::app
