#include "app/reloader.h"

#include "app/wiring.h"
#include "base/log.h"
#include "json/write.h"
#include "limits/key_file.h"

namespace weir::app {
namespace {

// Keeps what is bound at the start and names it.
std::vector<std::string_view> KeepBound(const config::Settings& old, config::Settings* fresh) {
  std::vector<std::string_view> kept;
  auto keep = [&kept](std::string_view name, const auto& before, auto* now, bool same) {
    if (same) return;
    kept.push_back(name);
    *now = before;
  };
  keep("listen", old.listen, &fresh->listen, old.listen.ToString() == fresh->listen.ToString());
  keep("admin.listen", old.admin.listen, &fresh->admin.listen,
       old.admin.listen.ToString() == fresh->admin.listen.ToString());
  keep("admin.key", old.admin.key, &fresh->admin.key, old.admin.key == fresh->admin.key);
  keep("data_dir", old.data_dir, &fresh->data_dir, old.data_dir == fresh->data_dir);
  keep("workers", old.workers, &fresh->workers, old.workers == fresh->workers);
  keep("ledger.sink", old.ledger.sink, &fresh->ledger.sink,
       old.ledger.sink.text == fresh->ledger.sink.text);
  keep("ledger.fsync", old.ledger.fsync, &fresh->ledger.fsync,
       old.ledger.fsync == fresh->ledger.fsync);
  keep("ledger.retention", old.ledger.retention, &fresh->ledger.retention,
       old.ledger.retention == fresh->ledger.retention);
  keep("limits.cache", old.limits.cache, &fresh->limits.cache,
       old.limits.cache == fresh->limits.cache);
  keep("redis", old.redis, &fresh->redis, old.redis == fresh->redis);
  keep("log.format", old.log.format, &fresh->log.format, old.log.format == fresh->log.format);
  return kept;
}

}  // namespace

Result<std::string> Reloader::Reload() {
  std::lock_guard lock(mutex_);
  std::shared_ptr<const gateway::Snapshot> old = server_.snapshot();
  WEIR_TRY(Loaded loaded, load_());
  std::vector<std::string_view> kept = KeepBound(old->settings, &loaded.settings);
  // The keys are those of the data_dir that is held, whatever the file says of it by now.
  const std::string& data_dir = loaded.settings.data_dir;
  WEIR_TRY(loaded.stored_keys, limits::ReadKeyFile(data_dir));
  WEIR_TRY(loaded.keys,
           limits::KeyRing::Make(loaded.settings, loaded.stored_keys, loaded.router->directory()));
  if (!loaded.keys->open() && !loaded.stored_keys.ever) {
    WEIR_CHECK_OK(limits::WriteKeyFile(data_dir, {}));
  }
  for (const std::string& warning : loaded.keys->warnings()) {
    Log(LogLevel::kWarn, "config", {Field("warning", warning)});
  }
  InitLog({loaded.settings.log.level, CurrentLogFormat()});
  if (loaded.settings.ledger.bodies != old->settings.ledger.bodies) {
    for (const std::string& note : loaded.notes) Log(LogLevel::kInfo, note);
  }
  auto fresh = gateway::MakeSnapshot(std::move(loaded.settings), std::move(loaded.router),
                                     Dialects(), old.get(), std::move(loaded.keys));
  server_.Reload(fresh);
  std::string text;
  json::Writer writer(&text);
  writer.BeginObject();
  writer.Key("version");
  writer.Int(fresh->version);
  writer.Key("restart_needed");
  writer.BeginArray();
  for (std::string_view name : kept) writer.String(name);
  writer.EndArray();
  writer.EndObject();
  return text;
}

Result<std::string> Reloader::AddKey(std::string_view order) {
  std::lock_guard lock(mutex_);
  const auto now = server_.snapshot();
  return Put(app::AddKey(now->settings, *now->directory, order));
}

Result<std::string> Reloader::RevokeKey(std::string_view name) {
  std::lock_guard lock(mutex_);
  const auto now = server_.snapshot();
  return Put(app::RevokeKey(now->settings, *now->directory, name));
}

Result<std::string> Reloader::Put(Result<KeyChange> change) {
  if (!change) return change.error();
  const auto old = server_.snapshot();
  server_.Reload(gateway::MakeSnapshot(old->settings, old->router, Dialects(), old.get(),
                                       std::move(change->ring)));
  return std::move(change->answer);
}

}  // namespace weir::app
