// A small catalog of made-up vendors and a Directory resolved from the text of a config file.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "catalog/builder.h"
#include "config/parse.h"
#include "config/testing_config.h"

namespace weir::catalog {

inline constexpr std::array<std::string_view, 2> kTestDialects = {"openai", "simulator"};
inline constexpr std::array<std::string_view, 2> kTestClassifiers = {"seed", "learned"};

inline constexpr std::string_view kTestCatalog = R"(
providers:
  maker: {api: openai, base_url: https://maker.example/v1, key_env: MAKER_KEY}
  other: {api: openai, base_url: https://other.example/v1, key_env: OTHER_KEY}
  shop:  {api: openai, base_url: https://shop.example/v1, key_env: SHOP_KEY, reseller: true}
  mall:  {api: openai, base_url: https://mall.example/v1, key_env: MALL_KEY, reseller: true}
  alien: {api: gemini, base_url: https://alien.example/v1, key_env: ALIEN_KEY}
models:
  maker/small: {price: {input: 1, output: 2}, context: 8k, max_output: 1k, capabilities: [tools], rank: 10, source: s, date: 2026-01-01}
  maker/thinker: {price: {input: 3, cached_input: 0.3, output: 9}, capabilities: [tools, reasoning], rank: 90, source: s, date: 2026-01-01}
  maker/embed: {price: {input: 1, output: 0}, capabilities: [embeddings], source: s, date: 2026-01-01}
  maker/free-text: {context: 4k, capabilities: [tools]}
  shop/small: {price: {input: 0.5, output: 1}, source: s, date: 2026-01-01}
  shop/llama: {price: {input: 2, output: 2}, source: s, date: 2026-01-01}
  mall/llama: {price: {input: 1, output: 1}, source: s, date: 2026-01-01}
  shop/maker/small: {price: {input: 9, output: 9}, source: s, date: 2026-01-01}
)";

inline const BuiltinCatalog& TestCatalog() {
  static const Result<BuiltinCatalog> catalog = ParseCatalog(kTestCatalog, "catalog");
  return *catalog;
}

// MAKER_KEY, SHOP_KEY and MALL_KEY are set, OTHER_KEY is not.
inline Result<Directory> ResolveText(std::string_view yaml) {
  const config::Environment env = config::FakeEnvironment(
      {{"MAKER_KEY", "sk-maker"}, {"SHOP_KEY", "sk-shop"}, {"MALL_KEY", "sk-mall"}});
  WEIR_TRY(const config::Settings settings, config::Parse(yaml, "weir.yaml", env));
  return DirectoryBuilder({settings, TestCatalog(), env, kTestDialects, kTestClassifiers}).Build();
}

inline Directory Resolved(std::string_view yaml) {
  Result<Directory> directory = ResolveText(yaml);
  EXPECT_TRUE(directory) << directory.error().message;
  return directory ? *std::move(directory) : Directory();
}

inline std::string ErrorOf(std::string_view yaml) {
  Result<Directory> directory = ResolveText(yaml);
  return directory ? "accepted" : directory.error().message;
}

inline std::string NameOf(const Directory& directory, std::string_view name) {
  ModelId id = directory.FindModel(name);
  return id == kNoModel ? "(none)" : directory.model(id).name;
}

}  // namespace weir::catalog
