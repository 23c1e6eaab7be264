#include "app/key_admin.h"

#include "base/strings.h"
#include "json/write.h"
#include "limits/key_file.h"

namespace weir::app {
namespace {

using config::Per;
using limits::Owner;

// The file is written once the keys are known to be sound together with the config's.
Result<KeyChange> Keep(const config::Settings& settings, const catalog::Directory& directory,
                       limits::StoredKeys stored) {
  KeyChange change;
  stored.ever = true;
  auto ring = limits::KeyRing::Make(settings, stored, directory);
  if (!ring) return MakeError(Reason::kBadRequest, ring.error().message);
  change.ring = *std::move(ring);
  WEIR_CHECK_OK(limits::WriteKeyFile(settings.data_dir, stored.keys));
  change.stored = std::move(stored);
  return change;
}

void WriteSpent(const limits::Accounts& accounts, const std::string& account, WallMicros now,
                json::Writer* writer) {
  writer->Key("spent_usd");
  writer->BeginObject();
  for (const Per per : {Per::kDay, Per::kMonth, Per::kTotal}) {
    writer->Key(limits::PerName(per));
    writer->String(FormatUsd(accounts.SpentIn(account, per, now).all));
  }
  writer->EndObject();
}

void WriteBudgets(const limits::Caps& caps, json::Writer* writer) {
  writer->Key("budget");
  writer->BeginArray();
  for (const config::BudgetSettings& budget : caps.budgets) limits::WriteBudget(budget, writer);
  writer->EndArray();
}

void WriteKey(const limits::Key& key, const catalog::Directory& directory,
              const limits::Accounts* accounts, WallMicros now, json::Writer* writer) {
  writer->BeginObject();
  writer->Key("name");
  writer->String(key.name);
  writer->Key("shown");
  writer->String(key.shown);
  writer->Key("team");
  writer->String(key.team);
  writer->Key("from");
  writer->String(key.stored ? "keys.json" : "config");
  writer->Key("expires");
  writer->String(key.terms.expires ? FormatWall(*key.terms.expires) : "");
  writer->Key("expired");
  writer->Bool(key.expired(now));
  if (key.terms.routes) {
    writer->Key("routes");
    writer->BeginArray();
    for (const catalog::RouteId id : *key.terms.routes) writer->String(directory.routes()[id].name);
    writer->EndArray();
  }
  writer->Key("allow_override");
  writer->Bool(key.may_override());
  writer->Key("sample");
  writer->Bool(key.may_be_sampled());
  writer->Key("bodies");
  writer->Bool(key.may_keep_bodies());
  for (const auto& [name, value] : {std::pair{"rpm", key.terms.rpm},
                                    {"tpm", key.terms.tpm},
                                    {"max_inflight", key.terms.max_inflight}}) {
    if (value == 0) continue;
    writer->Key(std::string(name));
    writer->Int(value);
  }
  WriteBudgets(key.terms.caps, writer);
  if (accounts != nullptr) {
    WriteSpent(*accounts, limits::AccountName(Owner::kKey, key.name), now, writer);
  }
  writer->EndObject();
}

}  // namespace

Result<KeyChange> AddKey(const config::Settings& settings, const catalog::Directory& directory,
                         std::string_view order) {
  WEIR_TRY(config::KeySettings key, limits::ReadKeyOrder(order));
  WEIR_TRY(limits::StoredKeys stored, limits::ReadKeyFile(settings.data_dir));
  const Secret secret = limits::NewKey();
  limits::SetSecret(secret, &key);
  const std::string name = key.name.text;
  // What a stored key names and the config has not is forgiven later, but not while it is made.
  config::Settings with = settings;
  with.keys.push_back(key);
  auto sound = limits::KeyRing::Make(with, stored, directory);
  if (!sound) {
    return MakeError(Reason::kBadRequest, limits::WithoutPlace(sound.error().message));
  }
  stored.keys.push_back(std::move(key));
  WEIR_TRY(KeyChange change, Keep(settings, directory, std::move(stored)));
  json::Writer writer(&change.answer);
  writer.BeginObject();
  writer.Key("name");
  writer.String(name);
  writer.Key("key");
  writer.String(secret.Reveal());
  writer.EndObject();
  return change;
}

Result<KeyChange> RevokeKey(const config::Settings& settings, const catalog::Directory& directory,
                            std::string_view name) {
  WEIR_TRY(limits::StoredKeys stored, limits::ReadKeyFile(settings.data_dir));
  const auto named = [name](const config::KeySettings& key) { return key.name.text == name; };
  if (std::ranges::any_of(settings.keys, named)) {
    return MakeError(Reason::kBadRequest,
                     fmt::format("the key `{}` stands in {}: take it out there and reload", name,
                                 settings.file));
  }
  if (std::erase_if(stored.keys, named) == 0) {
    return MakeError(Reason::kNotFound, fmt::format("there is no key `{}`", Utf8Prefix(name, 200)));
  }
  WEIR_TRY(KeyChange change, Keep(settings, directory, std::move(stored)));
  json::Writer writer(&change.answer);
  writer.BeginObject();
  writer.Key("revoked");
  writer.String(name);
  writer.EndObject();
  return change;
}

std::string ListKeys(const limits::KeyRing& ring, const catalog::Directory& directory,
                     const limits::Accounts* accounts, WallMicros now) {
  std::string text;
  json::Writer writer(&text);
  writer.BeginObject();
  writer.Key("open");
  writer.Bool(ring.open());
  writer.Key("keys");
  writer.BeginArray();
  for (const limits::Key& key : ring.keys()) WriteKey(key, directory, accounts, now, &writer);
  writer.EndArray();
  writer.EndObject();
  return text;
}

}  // namespace weir::app
