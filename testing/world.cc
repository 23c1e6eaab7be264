#include "testing/world.h"

#include <fmt/format.h>

namespace weir {

std::string WorldYaml(const World& world, const ScriptedUpstream& first,
                      const ScriptedUpstream& second, const ScriptedUpstream& third) {
  return fmt::format(R"(workers: {}
providers:
  first: {{api: openai, base_url: "{}", keys: {}, {}{}}}
  second: {{api: openai, base_url: "{}", keys: [key-of-second], {}}}
  third: {{api: openai, base_url: "{}", keys: [key-of-third], {}}}
models:
  small: {{provider: first, upstream: small-v1, price: {{input: 1, output: 2}}, context: 8k}}
  middle: {{provider: second, upstream: middle-v1, price: {{input: 1, output: 2}}, context: 8k}}
  large: {{provider: third, upstream: large-v1, price: {{input: 1, cached_input: 0.1, output: 2}}, context: 100k}}
  embed: {{provider: first, upstream: embed-v1, price: {{input: 1, output: 0}}, capabilities: [embeddings]}}
fallbacks: {{small: [middle, large]}}
routes:
  auto: {{classifier: seed, tiers: {{simple: small, medium: middle, complex: large}}, baseline: large{}}}
limits: {{{}}}
{})",
                     world.workers, world.first_url.empty() ? first.Url() : world.first_url,
                     world.first_keys, world.provider, world.first_more, second.Url(),
                     world.provider, third.Url(), world.provider, world.auto_more, world.limits,
                     world.more);
}

}  // namespace weir
