#include "catalog/builtin.h"

#include <gtest/gtest.h>

#include <set>

#include "testing/testdata.h"

namespace weir::catalog {
namespace {

constexpr std::string_view kVendor =
    "providers: {v: {api: openai, base_url: https://v.example/v1, key_env: V_KEY}}\n";

std::string ErrorOf(std::string_view models) {
  Result<BuiltinCatalog> catalog = ParseCatalog(std::string(kVendor) + std::string(models), "c");
  return catalog ? "accepted" : catalog.error().message;
}

TEST(ShippedCatalog, IsTheFileInTheTree) {
  std::optional<std::string> text =
      ReadWholeFile(std::string(WEIR_SOURCE_DIR) + "/src/catalog/catalog.yaml");
  ASSERT_TRUE(text);
  Result<BuiltinCatalog> from_file = ParseCatalog(*text, "catalog.yaml");
  ASSERT_TRUE(from_file) << from_file.error().message;
  ASSERT_TRUE(Builtin()) << Builtin().error().message;
  EXPECT_EQ(Builtin()->models.size(), from_file->models.size());
  EXPECT_EQ(Builtin()->vendors.size(), from_file->vendors.size());
}

TEST(ShippedCatalog, EveryPriceHasSourceAndDate) {
  ASSERT_TRUE(Builtin());
  int priced = 0;
  for (const BuiltinModel& model : Builtin()->models) {
    if (!model.prices) continue;
    ++priced;
    EXPECT_FALSE(model.prices->source.empty()) << model.name;
    EXPECT_EQ(model.prices->date.size(), 10u) << model.name;
    EXPECT_LE(model.prices->cached_input, model.prices->input) << model.name;
  }
  EXPECT_GE(priced, 20);
}

TEST(ShippedCatalog, HoldsNothingTwiceAndEveryVendor) {
  std::set<std::string> names;
  std::set<std::string> variables;
  for (const BuiltinModel& model : Builtin()->models) {
    EXPECT_TRUE(names.insert(model.name).second) << model.name;
    EXPECT_NE(Builtin()->FindVendor(model.vendor), nullptr) << model.name;
    EXPECT_NE(model.capabilities, 0) << model.name;
    EXPECT_TRUE(model.context == 0 || model.max_output <= model.context) << model.name;
  }
  for (const Vendor& vendor : Builtin()->vendors) {
    EXPECT_TRUE(variables.insert(vendor.key_env).second) << vendor.key_env;
    EXPECT_TRUE(vendor.base_url.tls) << vendor.name;
  }
}

TEST(ShippedCatalog, NoModelHasTheStarterRoutesName) {
  EXPECT_EQ(Builtin()->FindAny("auto"), nullptr);
}

TEST(ShippedCatalog, KnowsTheContractsVariables) {
  std::set<std::string> variables;
  for (const Vendor& vendor : Builtin()->vendors) variables.insert(vendor.key_env);
  for (const char* name :
       {"DEEPSEEK_API_KEY", "ZHIPU_API_KEY", "DASHSCOPE_API_KEY", "MOONSHOT_API_KEY",
        "AIWAVE_API_KEY", "OPENROUTER_API_KEY", "OPENAI_API_KEY"}) {
    EXPECT_TRUE(variables.contains(name)) << name;
  }
}

TEST(CatalogText, FillsDefaultsAndImpliesChat) {
  Result<BuiltinCatalog> catalog =
      ParseCatalog(std::string(kVendor) +
                       "models:\n"
                       "  v/a: {price: {input: 1, output: 2}, source: s, date: 2026-01-02, "
                       "capabilities: [tools]}\n"
                       "  v/e: {capabilities: [embeddings], context: 8k}\n",
                   "c");
  ASSERT_TRUE(catalog) << catalog.error().message;
  const BuiltinModel* chat = catalog->FindModel("v", "a");
  ASSERT_NE(chat, nullptr);
  EXPECT_EQ(chat->prices->cached_input, chat->prices->input);
  EXPECT_EQ(CapabilityNames(chat->capabilities), "chat, tools");
  EXPECT_EQ(CapabilityNames(catalog->FindAny("e")->capabilities), "embeddings");
  EXPECT_EQ(catalog->FindAny("e")->context, 8'000);
  EXPECT_FALSE(catalog->FindAny("v/e")->prices);
}

TEST(CatalogText, RefusesWhatCannotBeTrusted) {
  EXPECT_NE(ErrorOf("models: {v/a: {price: {input: 1, output: 2}, date: 2026-01-02}}\n")
                .find("a price needs source and date"),
            std::string::npos);
  EXPECT_NE(ErrorOf("models: {v/a: {price: {input: 1, output: 2}, source: s}}\n")
                .find("a price needs source and date"),
            std::string::npos);
  EXPECT_NE(ErrorOf("models: {v/a: {price: {input: 1}, source: s, date: 2026-01-02}}\n")
                .find("input and"),
            std::string::npos);
  EXPECT_NE(ErrorOf("models: {v/a: {date: yesterday}}\n").find("is not a date"), std::string::npos);
  EXPECT_NE(ErrorOf("models: {w/a: {rank: 1}}\n").find("no vendor is named `w`"),
            std::string::npos);
  EXPECT_NE(ErrorOf("models: {a: {rank: 1}}\n").find("named vendor/model"), std::string::npos);
  EXPECT_NE(ErrorOf("models: {v/a: {rank: 101}}\n").find("from 0 to 100"), std::string::npos);
  EXPECT_NE(ErrorOf("models: {v/a: {capabilities: [flies]}}\n").find("unknown capability `flies`"),
            std::string::npos);
  EXPECT_NE(ErrorOf("models: {v/a: {}, v/a: {}}\n").find("duplicate key"), std::string::npos);
  EXPECT_NE(ErrorOf("models: {v/a: {colour: red}}\n").find("unknown key"), std::string::npos);
  EXPECT_FALSE(ParseCatalog("providers: {v: {api: openai}}\n", "c"));
}

TEST(Capabilities, NamesReadBack) {
  for (int bit = 0; bit < 8; ++bit) {
    auto capability = static_cast<Capability>(1 << bit);
    EXPECT_EQ(CapabilityByName(CapabilityName(capability)), capability);
  }
  EXPECT_EQ(CapabilityByName("fly"), std::nullopt);
  EXPECT_EQ(kAssumedCapabilities & Bit(Capability::kEmbeddings), 0);
}

}  // namespace
}  // namespace weir::catalog
