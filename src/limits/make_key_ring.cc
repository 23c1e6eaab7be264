#include <fmt/format.h>

#include <unordered_set>

#include "config/mark.h"
#include "limits/key_ring.h"

namespace weir::limits {

class KeyRingBuilder {
 public:
  KeyRingBuilder(const config::Settings& settings, const StoredKeys& stored,
                 const catalog::Directory& directory)
      : settings_(settings), stored_(stored), directory_(directory) {}

  Result<std::shared_ptr<const KeyRing>> Make();

 private:
  // Where names are looked up: a stored key's are forgiven what the config has lost.
  struct Place {
    std::string_view file;
    bool forgiving = false;
  };

  Error At(const Place& place, const config::Name& name, std::string_view message) const {
    return config::ErrorAt(place.file, name.mark, message);
  }
  Result<void> Missing(const Place& place, const config::Name& name, std::string_view what,
                       std::string_view near);
  Result<void> Resolve(const Place& place, const config::AllowanceSettings& from, bool override_is,
                       Terms* terms);
  Result<void> AddTeams();
  Result<void> AddKey(const Place& place, const config::KeySettings& settings, bool stored);
  void MarkStrong();

  const config::Settings& settings_;
  const StoredKeys& stored_;
  const catalog::Directory& directory_;
  std::unordered_set<std::string> names_;
  std::shared_ptr<KeyRing> made_ = std::make_shared<KeyRing>();
};

Result<void> KeyRingBuilder::Missing(const Place& place, const config::Name& name,
                                     std::string_view what, std::string_view near) {
  Error error =
      At(place, name, fmt::format("there is no {} `{}`{}", what, name.text, Suggestion(near)));
  if (!place.forgiving) return error;
  made_->warnings_.push_back(std::move(error.message));
  return {};
}

Result<void> KeyRingBuilder::Resolve(const Place& place, const config::AllowanceSettings& from,
                                     bool override_is, Terms* terms) {
  if (from.routes) {
    terms->routes.emplace();
    for (const config::Name& name : *from.routes) {
      const catalog::Route* route = directory_.FindRoute(name.text);
      if (route != nullptr) {
        terms->routes->push_back(route->id);
      } else {
        WEIR_CHECK_OK(Missing(place, name, "route", directory_.Nearest(name.text)));
      }
    }
  }
  if (from.models) {
    terms->models.emplace();
    for (const config::Name& name : *from.models) {
      const catalog::ModelId model = directory_.FindModel(name.text);
      if (model != catalog::kNoModel) {
        terms->models->push_back(model);
      } else {
        WEIR_CHECK_OK(Missing(place, name, "model", directory_.Nearest(name.text)));
      }
    }
  }
  terms->allow_override = from.allow_override.value_or(override_is);
  terms->sample = from.sample;
  terms->bodies = from.bodies;
  terms->refuse_strong = from.strong_over == config::AllowanceSettings::StrongOver::kRefuse;
  terms->rpm = from.rpm.value_or(0);
  terms->tpm = from.tpm.value_or(0);
  terms->max_inflight = from.max_inflight.value_or(0);
  terms->caps = {from.budgets, from.strong};
  terms->user_caps = {from.user_budgets, std::nullopt};
  terms->expires = from.expires;
  return {};
}

Result<void> KeyRingBuilder::AddTeams() {
  for (const config::TeamSettings& team : settings_.teams) {
    const Place place{settings_.file};
    if (!team.allowance.user_budgets.empty()) {
      return At(place, team.name, "`user_budget` is of a key: users belong to one");
    }
    Terms& terms = made_->teams_[team.name.text];
    WEIR_CHECK_OK(Resolve(place, team.allowance, true, &terms));
  }
  return {};
}

Result<void> KeyRingBuilder::AddKey(const Place& place, const config::KeySettings& settings,
                                    bool stored) {
  Key key;
  key.name = settings.name.text;
  key.shown = settings.shown;
  key.digest = settings.digest;
  key.stored = stored;
  WEIR_CHECK_OK(Resolve(place, settings.allowance, false, &key.terms));
  if (!names_.insert(key.name).second) {
    return At(place, settings.name, fmt::format("a key `{}` is there already", key.name));
  }
  if (settings.team) {
    const auto team = made_->teams_.find(settings.team->text);
    key.team = settings.team->text;
    if (team != made_->teams_.end()) {
      key.team_terms = &team->second;
    } else {
      // A stored key without its team would have lost that team's budget: it is left out.
      std::vector<std::string_view> names;
      for (const auto& [name, terms] : made_->teams_) names.emplace_back(name);
      return Missing(place, *settings.team, "team", DidYouMean(settings.team->text, names));
    }
  }
  const size_t index = made_->keys_.size();
  const auto [same, fresh] = made_->by_digest_.emplace(key.digest, index);
  if (!fresh) {
    return At(place, settings.name,
              fmt::format("it is the same key as `{}`", made_->keys_[same->second].name));
  }
  made_->keys_.push_back(std::move(key));
  return {};
}

void KeyRingBuilder::MarkStrong() {
  made_->strong_.resize(directory_.models().size());
  const auto mark = [this](catalog::ModelId id) {
    if (id == catalog::kNoModel) return;
    made_->strong_[id] = true;
    for (const catalog::ModelId twin : directory_.model(id).twins) made_->strong_[twin] = true;
  };
  for (const catalog::Route& route : directory_.routes()) {
    mark(route.baseline);
    if (!route.tiers.empty() && route.tiers.back().model != route.tiers.front().model) {
      mark(route.tiers.back().model);
    }
  }
}

Result<std::shared_ptr<const KeyRing>> KeyRingBuilder::Make() {
  WEIR_CHECK_OK(AddTeams());
  for (const config::KeySettings& key : settings_.keys) {
    WEIR_CHECK_OK(AddKey({settings_.file}, key, false));
  }
  for (const config::KeySettings& key : stored_.keys) {
    WEIR_CHECK_OK(AddKey({stored_.file, true}, key, true));
  }
  made_->open_ = settings_.keys.empty() && !stored_.ever;
  MarkStrong();
  return std::shared_ptr<const KeyRing>(std::move(made_));
}

Result<std::shared_ptr<const KeyRing>> KeyRing::Make(const config::Settings& settings,
                                                     const StoredKeys& stored,
                                                     const catalog::Directory& directory) {
  return KeyRingBuilder(settings, stored, directory).Make();
}

}  // namespace weir::limits
