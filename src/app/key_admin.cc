#include "app/key_admin.h"

#include "base/strings.h"
#include "json/write.h"
#include "limits/key_file.h"

namespace weir::app {
namespace {

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

}  // namespace weir::app
