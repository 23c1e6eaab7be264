#include "catalog/builtin.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "catalog/price_age.h"
#include "testing/testdata.h"

namespace weir::catalog {
namespace {

// No price can be newer than the day on which this file was last edited with it.
constexpr std::chrono::sys_days kWritten{std::chrono::year(2026) / 11 / 27};
constexpr std::string_view kDialects[] = {"openai", "anthropic", "gemini", "azure"};

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

bool IsSource(const std::string& source) {
  if (source.starts_with("https://")) return config::ParseUrl(source).has_value();
  return ReadWholeFile(std::string(WEIR_SOURCE_DIR) + "/" + source).has_value();
}

NanoUsd CostOf(std::string_view name, const Usage& usage, WallMicros at) {
  const BuiltinModel* model = Builtin()->FindAny(name);
  return model == nullptr ? NanoUsd{-1} : Cost(usage, *model->prices, at).value();
}

TEST(ShippedCatalog, LongPromptsAndQuietHoursHaveTheVendorsPrices) {
  ASSERT_TRUE(Builtin());
  const Usage kLong{.prompt = 272'001, .cached = 100'000, .completion = 1'000};
  EXPECT_EQ(CostOf("openai/gpt-5.4", kLong, kNoTime).nano,
            172'001 * 5'000LL + 100'000 * 500LL + 1'000 * 22'500LL);
  EXPECT_EQ(CostOf("xai/grok-4.7", {.prompt = 199'999}, kNoTime).nano, 199'999 * 2'000LL);
  EXPECT_EQ(CostOf("xai/grok-4.7", {.prompt = 200'000}, kNoTime).nano, 200'000 * 4'000LL);
  EXPECT_EQ(CostOf("qwen/qwen3-coder-plus", {.prompt = 256'001, .completion = 1}, kNoTime).nano,
            256'001 * 6'000LL + 60'000);
  constexpr WallMicros kHour = 3'600'000'000;
  constexpr WallMicros kMonday = 20'780 * 24 * kHour;
  EXPECT_EQ(CostOf("deepseek/deepseek-flash", {.prompt = 1}, kMonday + kHour).nano, 300);
  EXPECT_EQ(CostOf("deepseek/deepseek-flash", {.prompt = 1}, kMonday + 4 * kHour).nano, 150);
  EXPECT_EQ(CostOf("deepseek/deepseek-flash", {.prompt = 1}, kMonday - kHour).nano, 150);
}

TEST(ShippedCatalog, EveryPriceHasSourceAndDate) {
  ASSERT_TRUE(Builtin());
  int priced = 0;
  for (const BuiltinModel& model : Builtin()->models) {
    if (!model.prices) continue;
    SCOPED_TRACE(model.name);
    ++priced;
    EXPECT_TRUE(IsSource(model.prices->source)) << model.prices->source;
    const std::optional<std::chrono::sys_days> day = ParseDay(model.prices->date);
    ASSERT_TRUE(day) << model.prices->date;
    EXPECT_LE(*day, kWritten);
    EXPECT_LE(model.prices->cached_input, model.prices->input);
    for (const Terms& terms : model.prices->terms) {
      EXPECT_LE(terms.rates.cached_input, terms.rates.input) << model.name;
      EXPECT_EQ(terms.rates.input > model.prices->input, !terms.utc) << model.name;
      EXPECT_LT(terms.above, model.context) << model.name;
    }
  }
  EXPECT_GE(priced, 90);
}

TEST(ShippedCatalog, EveryModelCanBeChosen) {
  std::set<std::string> names, unknown_windows;
  for (const BuiltinModel& model : Builtin()->models) {
    SCOPED_TRACE(model.name);
    EXPECT_TRUE(names.insert(model.name).second);
    const Vendor* vendor = Builtin()->FindVendor(model.vendor);
    ASSERT_NE(vendor, nullptr);
    EXPECT_FALSE(vendor->local);
    EXPECT_NE(model.capabilities, 0);
    const bool embeds = model.capabilities == Bit(Capability::kEmbeddings);
    EXPECT_EQ(model.rank == 0, embeds);
    EXPECT_FALSE(embeds && model.prices && model.prices->output.femto != 0);
    if (model.context == 0) unknown_windows.insert(model.vendor);
    EXPECT_TRUE(model.context == 0 || model.max_output <= model.context);
  }
  EXPECT_EQ(unknown_windows, std::set<std::string>{"aiwave"});
}

TEST(ShippedCatalog, EveryVendorCanBeAsked) {
  std::set<std::string> variables;
  int local = 0;
  for (const Vendor& vendor : Builtin()->vendors) {
    SCOPED_TRACE(vendor.name);
    EXPECT_NE(std::ranges::find(kDialects, vendor.api), std::end(kDialects)) << vendor.api;
    if (vendor.local) {
      ++local;
      EXPECT_TRUE(vendor.base_url.IsLoopback());
      EXPECT_TRUE(vendor.key_env.empty());
      continue;
    }
    EXPECT_TRUE(variables.insert(vendor.key_env).second) << vendor.key_env;
    EXPECT_NE(vendor.base_url.host.empty(), vendor.base_url_form.empty());
    if (vendor.base_url_form.empty()) {
      EXPECT_TRUE(vendor.base_url.tls);
    } else {
      EXPECT_TRUE(config::ParseUrl(vendor.base_url_form)) << vendor.base_url_form;
    }
    const bool has_model = std::ranges::any_of(
        Builtin()->models, [&](const auto& model) { return model.vendor == vendor.name; });
    EXPECT_TRUE(has_model);
  }
  EXPECT_EQ(local, 4);
}

TEST(ShippedCatalog, NoModelHasTheStarterRoutesName) {
  EXPECT_EQ(Builtin()->FindAny("auto"), nullptr);
}

TEST(ShippedCatalog, KnowsTheContractsVariables) {
  std::set<std::string> variables;
  for (const Vendor& vendor : Builtin()->vendors) variables.insert(vendor.key_env);
  for (const char* name :
       {"DEEPSEEK_API_KEY", "ZHIPU_API_KEY", "DASHSCOPE_API_KEY", "MOONSHOT_API_KEY",
        "AIWAVE_API_KEY", "OPENROUTER_API_KEY", "OPENAI_API_KEY", "MISTRAL_API_KEY", "GROQ_API_KEY",
        "XAI_API_KEY", "TOGETHER_API_KEY", "FIREWORKS_API_KEY", "AZURE_OPENAI_API_KEY"}) {
    EXPECT_TRUE(variables.contains(name)) << name;
  }
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
