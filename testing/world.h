// The usual gateway of a test, as config: three scripted upstreams with one provider and model
// each.
//   small (first, 8k window, falls back to middle, then large) · middle (second, 8k) · large
//   (third, 100k) · embed (first, embeddings only); on the wire they are small-v1, middle-v1,
//   large-v1, embed-v1; 1 USD in, 2 USD out per million, and .1 USD for
//   what large has cached
//   route auto: seed classifier, tiers small, middle, large; baseline large
#pragma once

#include <string>

#include "testing/scripted_upstream.h"

namespace weir {

struct World {
  int workers = 1;
  std::string provider = "retries: 0";  // options of each provider
  std::string first_keys = "[key-of-first]";
  std::string first_more;  // further options of the first, from the comma on
  std::string first_url;   // instead of the first upstream's
  std::string auto_more;   // further options of the route, from the comma on
  std::string limits = "max_attempts: 4";
  std::string more;  // further top-level YAML
};

std::string WorldYaml(const World& world, const ScriptedUpstream& first,
                      const ScriptedUpstream& second, const ScriptedUpstream& third);

}  // namespace weir
