#include <algorithm>

#include "app/key_admin.h"
#include "json/write.h"
#include "limits/key_file.h"

namespace weir::app {
namespace {

using config::BudgetSettings;
using config::Per;
using limits::Owner;

class KeyLister {
 public:
  KeyLister(const catalog::Directory& directory, const limits::Accounts* accounts, WallMicros now,
            json::Writer* writer)
      : directory_(directory), accounts_(accounts), now_(now), writer_(*writer) {}

  void Write(const limits::Key& key) {
    writer_.BeginObject();
    Text("name", key.name);
    Text("shown", key.shown);
    Text("team", key.team);
    Text("from", key.stored ? "keys.json" : "config");
    Text("expires", key.terms.expires ? FormatWall(*key.terms.expires) : "");
    Switch("expired", key.expired(now_));
    Terms(key.terms);
    Switch("allow_override", key.may_override());
    Switch("sample", key.may_be_sampled());
    Switch("bodies", key.may_keep_bodies());
    Spent(limits::AccountName(Owner::kKey, key.name));
    writer_.EndObject();
  }

  void Write(const std::string& team, const limits::Terms& terms) {
    writer_.BeginObject();
    Text("name", team);
    Terms(terms);
    Switch("allow_override", terms.allow_override);
    Switch("sample", terms.sample);
    Switch("bodies", terms.bodies);
    Spent(limits::AccountName(Owner::kTeam, team));
    writer_.EndObject();
  }

 private:
  void Text(std::string_view name, std::string_view text) {
    writer_.Key(name);
    writer_.String(text);
  }
  void Switch(std::string_view name, bool on) {
    writer_.Key(name);
    writer_.Bool(on);
  }

  // What limits, as the config has it; what is absent does not.
  void Terms(const limits::Terms& terms) {
    const auto route = [this](catalog::RouteId id) { return directory_.routes()[id].name; };
    const auto model = [this](catalog::ModelId id) { return directory_.model(id).name; };
    if (terms.routes) Names("routes", *terms.routes, route);
    if (terms.models) Names("models", *terms.models, model);
    for (const auto& [name, value] :
         {std::pair{"rpm", terms.rpm}, {"tpm", terms.tpm}, {"max_inflight", terms.max_inflight}}) {
      if (value == 0) continue;
      writer_.Key(std::string(name));
      writer_.Int(value);
    }
    Budgets("budget", terms.caps.budgets);
    if (!terms.user_caps.budgets.empty()) Budgets("user_budget", terms.user_caps.budgets);
    if (!terms.caps.strong) return;
    writer_.Key("strong_usd");
    limits::WriteBudget(*terms.caps.strong, &writer_);
    Text("strong_over", terms.refuse_strong ? "refuse" : "cheaper");
  }

  template <class Ids, class NameOf>
  void Names(std::string_view name, const Ids& ids, const NameOf& name_of) {
    writer_.Key(name);
    writer_.BeginArray();
    for (const auto id : ids) writer_.String(name_of(id));
    writer_.EndArray();
  }

  void Budgets(std::string_view name, const std::vector<BudgetSettings>& budgets) {
    writer_.Key(name);
    writer_.BeginArray();
    for (const BudgetSettings& budget : budgets) limits::WriteBudget(budget, &writer_);
    writer_.EndArray();
  }

  void Spent(const std::string& account) {
    if (accounts_ == nullptr) return;
    SpentOf("spent_usd", account, &limits::Money::all);
    SpentOf("strong_spent_usd", account, &limits::Money::strong);
  }

  void SpentOf(std::string_view name, const std::string& account, NanoUsd limits::Money::* part) {
    writer_.Key(name);
    writer_.BeginObject();
    for (const Per per : {Per::kDay, Per::kMonth, Per::kTotal}) {
      Text(limits::PerName(per), FormatUsd(accounts_->SpentIn(account, per, now_).*part));
    }
    writer_.EndObject();
  }

  const catalog::Directory& directory_;
  const limits::Accounts* accounts_;
  const WallMicros now_;
  json::Writer& writer_;
};

}  // namespace

std::string ListKeys(const limits::KeyRing& ring, const catalog::Directory& directory,
                     const limits::Accounts* accounts, WallMicros now) {
  std::string text;
  json::Writer writer(&text);
  KeyLister lister(directory, accounts, now, &writer);
  writer.BeginObject();
  writer.Key("open");
  writer.Bool(ring.open());
  writer.Key("keys");
  writer.BeginArray();
  for (const limits::Key& key : ring.keys()) lister.Write(key);
  writer.EndArray();
  writer.Key("teams");
  writer.BeginArray();
  for (const std::string& team : ring.teams()) lister.Write(team, ring.team(team));
  writer.EndArray();
  writer.EndObject();
  return text;
}

}  // namespace weir::app
