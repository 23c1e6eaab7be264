#include <unistd.h>

#include <mutex>

#include "admin/admin_server.h"
#include "app/admin_client.h"
#include "app/ask.h"
#include "app/books.h"
#include "app/cache.h"
#include "app/command.h"
#include "app/flags.h"
#include "app/loaded.h"
#include "app/metrics.h"
#include "app/print.h"
#include "app/quality.h"
#include "app/reloader.h"
#include "app/report_terms.h"
#include "app/signals.h"
#include "app/simulated_time.h"
#include "app/version.h"
#include "app/wiring.h"
#include "base/moment.h"
#include "gateway/server.h"
#include "gateway/verdict_view.h"
#include "json/write.h"
#include "limits/key_file.h"
#include "net/listener.h"

namespace weir::app {
namespace {

struct Options {
  std::optional<uint16_t> port, admin_port;  // 0: any free one, written to data_dir/ports.json
  std::string simulated_time;                // when it begins; empty: time is real
};

Result<Loaded> LoadForServe(const std::string& config, const Options& options) {
  WEIR_TRY(Loaded loaded, Load(config));
  if (options.port) loaded.settings.listen.port = *options.port;
  if (options.admin_port) loaded.settings.admin.listen.port = *options.admin_port;
  if (!options.simulated_time.empty()) {
    WEIR_CHECK_OK(AllowSimulatedTime(loaded.settings, loaded.router->directory()));
  }
  return loaded;
}

LogOptions LogOptionsOf(const config::LogSettings& settings) {
  using Format = config::LogSettings::Format;
  bool text = settings.format == Format::kText ||
              (settings.format == Format::kAuto && isatty(STDOUT_FILENO) == 1);
  return {settings.level, text ? LogFormat::kText : LogFormat::kJson};
}

ledger::LedgerOptions LedgerOptionsOf(const config::Settings& settings) {
  ledger::LedgerOptions options;
  options.data_dir = settings.data_dir;
  options.fsync = settings.ledger.fsync;
  options.retention = settings.ledger.retention;
  return options;
}

// Everything that runs, in the order in which it starts; the destructor goes backwards.
struct Running {
  std::unique_ptr<SimulatedClock> simulated;  // nullptr: time is real
  const Clock& clock() const { return simulated ? *simulated : SystemClock(); }
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<gateway::Server> server;
  std::unique_ptr<Reloader> reloader;
  std::unique_ptr<admin::AdminServer> admin;
};

admin::AdminApi ApiOf(Running& running, const std::string& data_dir) {
  admin::AdminApi api;
  api.metrics = [&running] { return CollectMetrics(*running.server, *running.ledger); };
  api.health = [&running] { return HealthJson(*running.server, *running.ledger); };
  api.explain = [&running](std::string_view body) {
    return ExplainBody(*running.server->snapshot()->router,
                       gateway::VerdictView(running.server->monitor()), body);
  };
  api.reload = [&running] { return running.reloader->Reload(); };
  api.purge_cache = [&running](std::string_view body) { return PurgeCache(*running.server, body); };
  api.quality = [&running] { return QualityJson(running.server->health()); };
  api.undo_quality = [&running](std::string_view body) {
    return UndoQuality(running.server->monitor(), *running.ledger, running.clock().Wall(), body);
  };
  api.resume_quality = [&running](std::string_view body) {
    return ResumeQuality(running.server->monitor(), *running.ledger, running.clock().Wall(), body);
  };
  api.list_keys = [&running] {
    const auto now = running.server->snapshot();
    return ListKeys(*now->keys, *now->directory, &running.server->accounts(),
                    running.clock().Wall());
  };
  api.add_key = [&running](std::string_view order) { return running.reloader->AddKey(order); };
  api.revoke_key = [&running](std::string_view name) { return running.reloader->RevokeKey(name); };
  if (running.simulated) {
    api.move_time = [&running](std::string_view body) {
      return MoveTime(*running.simulated, body);
    };
  }
  api.open_ledger = [data_dir] { return ledger::Reader::Open(data_dir); };
  api.report_terms = [&running] { return ReportTermsOf(running.server->snapshot()->router); };
  return api;
}

Result<void> StartAll(const std::function<Result<Loaded>()>& load, Loaded loaded,
                      Running* running) {
  const Clock& clock = running->clock();
  config::Settings settings = loaded.settings;
  WEIR_TRY(running->ledger, ledger::Ledger::Open(LedgerOptionsOf(settings), *loaded.sink, clock));
  const auto& routes = loaded.router->directory().routes();
  const bool measured = std::ranges::any_of(
      routes, [](const catalog::Route& route) { return route.quality.has_value(); });
  const bool keyed = !loaded.keys->open();
  const bool budgets = measured || HasBudgets(*loaded.keys);
  if (keyed && !loaded.stored_keys.ever) {
    // From now on no key left means closed, not open.
    WEIR_CHECK_OK(limits::WriteKeyFile(settings.data_dir, {}));
  }
  auto snapshot = gateway::MakeSnapshot(std::move(loaded.settings), std::move(loaded.router),
                                        Dialects(), nullptr, std::move(loaded.keys));
  WEIR_TRY(running->server, gateway::Server::Open(snapshot, *running->ledger, clock));
  if (keyed || measured) {
    WEIR_CHECK_OK(
        LoadBooks(settings.data_dir, budgets, *running->ledger, running->server->accounts()));
  }
  if (measured) WEIR_CHECK_OK(LoadVerdicts(settings.data_dir, running->server->monitor()));
  running->reloader = std::make_unique<Reloader>(load, *running->server);
  WEIR_TRY(admin::AdminKey key, admin::FindAdminKey(settings));
  WEIR_TRY(running->admin, admin::AdminServer::Open({settings.admin.listen, key.key},
                                                    ApiOf(*running, settings.data_dir), clock));
  if (key.made) {
    fmt::print(stderr, "admin key (printed once, kept in {}/admin.key): {}\n", settings.data_dir,
               key.key.Reveal());
  }
  WEIR_CHECK_OK(WritePorts(settings.data_dir, {running->server->port(), running->admin->port()}));
  running->server->Start();
  running->admin->Start();
  return {};
}

void Announce(const Loaded& loaded, const Running& running) {
  for (const std::string& warning : loaded.settings.warnings) {
    Log(LogLevel::kWarn, "config", {Field("warning", warning)});
  }
  for (const std::string& warning : running.server->snapshot()->directory->warnings()) {
    Log(LogLevel::kWarn, "config", {Field("warning", warning)});
  }
  for (const std::string& warning : loaded.keys->warnings()) {
    Log(LogLevel::kWarn, "config", {Field("warning", warning)});
  }
  for (const std::string& note : loaded.notes) Log(LogLevel::kInfo, note);
  const config::HostPort data{loaded.settings.listen.host, running.server->port()};
  const config::HostPort admin{loaded.settings.admin.listen.host, running.admin->port()};
  if (running.simulated) {
    Log(LogLevel::kWarn, "time is simulated: no figure of this server is of a real bill",
        {Field("begins", FormatWall(running.simulated->Wall()))});
  }
  Log(LogLevel::kInfo, "serving",
      {Field("version", kVersion),
       Field("openai_base_url", fmt::format("http://{}/v1", data.ToString())),
       Field("admin", fmt::format("http://{}", admin.ToString())),
       Field("config", loaded.settings.file), Field("data_dir", loaded.settings.data_dir)});
}

Result<std::unique_ptr<SimulatedClock>> ClockOf(const Options& options,
                                                const std::string& data_dir) {
  if (options.simulated_time.empty()) {
    WEIR_CHECK_OK(HoldTimeOf(data_dir, false));
    return std::unique_ptr<SimulatedClock>();
  }
  const std::optional<WallMicros> begin = ParseMoment(options.simulated_time);
  if (!begin) {
    return MakeError(Reason::kConfig,
                     "weir serve: --simulated-time wants a UTC time such as "
                     "2026-09-01 or 2026-09-01T08:00:00Z");
  }
  WEIR_CHECK_OK(HoldTimeOf(data_dir, true));
  return std::make_unique<SimulatedClock>(*begin);
}

void RunUntilStopped(Running& running, SignalWaiter& signals) {
  for (;;) {
    Signal signal = signals.Wait();
    if (signal == Signal::kStopAsked) return;
    Result<std::string> reloaded = running.reloader->Reload();
    if (reloaded) {
      Log(LogLevel::kInfo, "reloaded", {Field("result", *reloaded)});
    } else {
      Log(LogLevel::kError, "reload refused; the old config runs on",
          {Field("error", reloaded.error().message)});
    }
  }
}

int Serve(const std::string& config, const Options& options) {
  SignalWaiter signals;  // before any thread: they inherit its mask
  auto load = [config, options] { return LoadForServe(config, options); };
  Result<Loaded> loaded = load();
  if (!loaded) return Fail(loaded.error());
  InitLog(LogOptionsOf(loaded->settings.log));
  net::RaiseFileLimit();
  Running running;
  auto clock = ClockOf(options, loaded->settings.data_dir);
  if (!clock) return Fail(clock.error());
  running.simulated = *std::move(clock);
  Result<void> started = StartAll(load, *loaded, &running);
  if (!started) {
    FlushLog();
    return Fail(started.error());
  }
  Announce(*loaded, running);
  RunUntilStopped(running, signals);
  Log(LogLevel::kInfo, "draining",
      {Field("limit", FormatDuration(loaded->settings.limits.drain_timeout))});
  running.server->Drain(loaded->settings.limits.drain_timeout,
                        [&signals] { return signals.StopAskedAgain(); });
  running.admin.reset();
  running.reloader.reset();
  running.server.reset();
  running.ledger.reset();
  RemovePorts(loaded->settings.data_dir);
  Log(LogLevel::kInfo, "stopped");
  FlushLog();
  return kDone;
}

std::function<int()> Declare(const Flags& flags, const std::string& config) {
  auto options = std::make_shared<Options>();
  flags.Add("--port", options->port, "data plane port instead of the config's; 0: any free one");
  flags.Add("--admin-port", options->admin_port, "the same for the admin plane");
  flags.Add("--simulated-time", options->simulated_time,
            "begin at this UTC time, to be moved by POST /api/time; with simulated providers "
            "only");
  return [&config, options] { return Serve(config, *options); };
}

}  // namespace

const Command kServe = {"serve", "run the gateway", &Declare};

}  // namespace weir::app
