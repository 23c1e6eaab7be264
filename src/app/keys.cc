#include <unistd.h>

#include <cctype>

#include "app/admin_client.h"
#include "app/command.h"
#include "app/flags.h"
#include "app/key_admin.h"
#include "app/loaded.h"
#include "app/print.h"
#include "base/strings.h"
#include "json/object.h"
#include "json/write.h"
#include "ledger/data_dir.h"
#include "ledger/text_grid.h"

namespace weir::app {
namespace {

struct Options {
  std::string name, team, expires, strong_usd, strong_over;
  std::vector<std::string> routes, models, budgets, user_budgets;
  std::string rpm, tpm, max_inflight;
  bool allow_override = false, no_sample = false, no_bodies = false, json = false;
};

// "50/month": an amount and its period, as the config's {usd: 50, per: month}.
void WriteBudget(std::string_view text, json::Writer* writer) {
  const size_t slash = text.find('/');
  writer->BeginObject();
  writer->Key("usd");
  writer->String(text.substr(0, slash));
  if (slash != text.npos) {
    writer->Key("per");
    writer->String(text.substr(slash + 1));
  }
  writer->EndObject();
}

void WriteTexts(std::string_view name, const std::vector<std::string>& texts, bool budgets,
                json::Writer* writer) {
  if (texts.empty()) return;
  writer->Key(name);
  writer->BeginArray();
  for (const std::string& text : texts) {
    if (budgets) {
      WriteBudget(text, writer);
    } else {
      writer->String(text);
    }
  }
  writer->EndArray();
}

// The order as the admin API takes it.
std::string OrderOf(const Options& options) {
  std::string text;
  json::Writer writer(&text);
  const auto say = [&writer](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    writer.Key(name);
    writer.String(value);
  };
  writer.BeginObject();
  writer.Key("name");
  writer.String(options.name);
  say("team", options.team);
  say("expires", options.expires);
  say("rpm", options.rpm);
  say("tpm", options.tpm);
  say("max_inflight", options.max_inflight);
  say("strong_over", options.strong_over);
  WriteTexts("routes", options.routes, false, &writer);
  WriteTexts("models", options.models, false, &writer);
  WriteTexts("budget", options.budgets, true, &writer);
  WriteTexts("user_budget", options.user_budgets, true, &writer);
  if (!options.strong_usd.empty()) {
    writer.Key("strong_usd");
    WriteBudget(options.strong_usd, &writer);
  }
  if (options.allow_override) {
    writer.Key("allow_override");
    writer.Bool(true);
  }
  if (options.no_sample) {
    writer.Key("sample");
    writer.Bool(false);
  }
  if (options.no_bodies) {
    writer.Key("bodies");
    writer.Bool(false);
  }
  writer.EndObject();
  return text;
}

// Whatever is typed, as one segment of a path.
std::string AsSegment(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_') {
      text += c;
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return text;
}

// What `offline` does where no server runs that could be asked; it has data_dir to itself then.
Result<std::string> Ask(const Loaded& loaded, std::string_view method, const std::string& path,
                        const std::string& body,
                        const std::function<Result<std::string>()>& offline) {
  if (IsRunning(loaded.settings)) return AskAdmin(loaded.settings, method, path, body);
  WEIR_CHECK_OK(ledger::MakeDataDir(loaded.settings.data_dir));
  WEIR_TRY(const ledger::File lock, ledger::LockDataDir(loaded.settings.data_dir));
  return offline();
}

Result<std::string> AnswerOf(Result<KeyChange> change) {
  if (!change) return change.error();
  return std::move(change->answer);
}

Result<std::string> Add(const Loaded& loaded, const Options& options) {
  const std::string order = OrderOf(options);
  return Ask(loaded, "POST", "/api/keys", order,
             [&] { return AnswerOf(AddKey(loaded.settings, loaded.router->directory(), order)); });
}

Result<std::string> Revoke(const Loaded& loaded, const Options& options) {
  const std::string path = "/api/keys/" + AsSegment(options.name);
  return Ask(loaded, "DELETE", path, "", [&] {
    return AnswerOf(RevokeKey(loaded.settings, loaded.router->directory(), options.name));
  });
}

Result<std::string> List(const Loaded& loaded, const Options&) {
  if (IsRunning(loaded.settings)) return AskAdmin(loaded.settings, "GET", "/api/keys", "");
  return ListKeys(*loaded.keys, loaded.router->directory(), nullptr, SystemClock().Wall());
}

std::string Budgets(const json::Object& key) {
  std::string text;
  const auto budgets = json::Elements(key.Raw("budget"));
  if (!budgets) return "-";
  for (const std::string_view item : *budgets) {
    auto budget = json::Object::Parse(item);
    if (!budget) continue;
    text +=
        fmt::format("{}${}/{}", text.empty() ? "" : " ", budget->String("usd").value().value_or(""),
                    budget->String("per").value().value_or(""));
  }
  return text.empty() ? "-" : text;
}

std::vector<std::string> LineOf(const json::Object& key) {
  const auto said = [](const json::Object& object, std::string_view name) {
    const std::string text = object.String(name).value().value_or("");
    return text.empty() ? std::string("-") : text;
  };
  const auto spent = json::Object::Parse(key.Raw("spent_usd"));
  const std::string shown = said(key, "shown");
  return {said(key, "name"),   shown == "-" ? shown : shown + "…",
          said(key, "team"),   said(key, "from"),
          Budgets(key),        spent ? said(*spent, "total") : "-",
          said(key, "expires")};
}

Result<std::string> TableOf(const std::string& answer) {
  WEIR_TRY(const json::Object all, json::Object::Parse(answer));
  WEIR_TRY(const auto keys, json::Elements(all.Raw("keys")));
  if (keys.empty()) {
    return std::string(all.Raw("open") == "true"
                           ? "no key was ever made: whoever reaches the port may ask\n"
                           : "no keys: every request is refused\n");
  }
  ledger::TextGrid grid;
  grid.Add({"name", "key", "team", "from", "budget", "spent $", "expires"});
  for (const std::string_view item : keys) {
    WEIR_TRY(const json::Object key, json::Object::Parse(item));
    grid.Add(LineOf(key));
  }
  WEIR_TRY(const auto teams, json::Elements(all.Raw("teams")));
  for (const std::string_view item : teams) {
    WEIR_TRY(const json::Object team, json::Object::Parse(item));
    std::vector<std::string> line = LineOf(team);
    line[3] = "a team";
    grid.Add(std::move(line));
  }
  return grid.Text();
}

int Run(const std::string& config, const Options& options, bool table,
        Result<std::string> (*work)(const Loaded&, const Options&)) {
  const Result<Loaded> loaded = Load(config);
  if (!loaded) return Fail(loaded.error());
  Result<std::string> answer = work(*loaded, options);
  if (answer && table && !options.json) answer = TableOf(*answer);
  if (!answer) return Fail(answer.error());
  if (work == Add && isatty(STDERR_FILENO) != 0) {
    fmt::print(stderr, "the key is shown this once; who shows none is refused from now on\n");
  }
  Print(table && !options.json ? *answer : *answer + "\n");
  return kDone;
}

void DeclareAdd(const Flags& add, Options& options) {
  add.Add("name", options.name, "what the ledger and reports call it").Required();
  add.Add("--team", options.team, "whose limits hold as well");
  add.Add("--routes", options.routes, "the routes that may be asked for").Split();
  add.Add("--models", options.models, "the models that may be pinned").Split();
  add.AddSwitch("--allow-override", options.allow_override,
                "a model may be named, not only a route");
  add.Add("--rpm", options.rpm, "requests a minute");
  add.Add("--tpm", options.tpm, "tokens a minute, such as 200k");
  add.Add("--max-inflight", options.max_inflight, "requests at work at one time");
  add.Add("--budget", options.budgets,
          "USD/PERIOD such as 50/month; day, month or total; may be given again");
  add.Add("--strong-usd", options.strong_usd, "likewise, on strong models");
  add.Add("--strong-over", options.strong_over, "when that is spent: cheaper (default) or refuse");
  add.Add("--user-budget", options.user_budgets, "likewise, for each user that requests name");
  add.Add("--expires", options.expires, "UTC day or time from which on it is refused");
  add.AddSwitch("--no-sample", options.no_sample, "never asked again to measure quality");
  add.AddSwitch("--no-bodies", options.no_bodies, "prompts and answers are never stored");
}

std::function<int()> Declare(const Flags& flags, const std::string& config) {
  auto options = std::make_shared<Options>();
  const auto run = [&config, options](bool table, auto work) {
    return [&config, options, table, work] { return Run(config, *options, table, work); };
  };
  DeclareAdd(flags.Sub("add", "make a key; it is printed once", run(false, Add)), *options);
  const Flags list = flags.Sub("list", "the keys, what they may and have spent", run(true, List));
  list.AddSwitch("--json", options->json, "as JSON");
  const Flags revoke = flags.Sub("revoke", "take a key back, at once", run(false, Revoke));
  revoke.Add("name", options->name, "of the key").Required();
  return flags.Chosen();
}

}  // namespace

const Command kKeys = {"keys", "make, list and revoke client keys", &Declare};

}  // namespace weir::app
