#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "catalog/builtin.h"
#include "catalog/world_for_test.h"

namespace weir::catalog {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kVendor =
    "providers: {v: {api: openai, base_url: https://v.example/v1, key_env: V_KEY}}\n";

std::string ErrorOf(std::string_view models) {
  Result<BuiltinCatalog> catalog = ParseCatalog(std::string(kVendor) + std::string(models), "c");
  return catalog ? "accepted" : catalog.error().message;
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

BuiltinCatalog Extended(std::string_view text) {
  Result<BuiltinCatalog> catalog = ExtendCatalog(TestCatalog(), text, "mine.yaml");
  EXPECT_TRUE(catalog) << catalog.error().message;
  return catalog ? *std::move(catalog) : BuiltinCatalog();
}

std::string RefusalOf(std::string_view text) {
  const Result<BuiltinCatalog> catalog = ExtendCatalog(TestCatalog(), text, "mine.yaml");
  return catalog ? "accepted" : catalog.error().message;
}

TEST(CatalogFile, APriceReplacesThePriceAndNothingElse) {
  const BuiltinCatalog catalog =
      Extended("models: {maker/thinker: {price: {input: 4, output: 8}}}\n");
  const BuiltinModel& thinker = *catalog.FindModel("maker", "thinker");
  const BuiltinModel& before = *TestCatalog().FindModel("maker", "thinker");
  EXPECT_EQ(FormatPrice(thinker.prices->input), "4");
  EXPECT_EQ(FormatPrice(thinker.prices->cached_input), "4") << "not the old one's";
  EXPECT_EQ(thinker.prices->source, "mine.yaml");
  EXPECT_EQ(thinker.prices->date, "");
  EXPECT_EQ(thinker.capabilities, before.capabilities);
  EXPECT_EQ(thinker.rank, before.rank);
  EXPECT_EQ(catalog.models.size(), TestCatalog().models.size());
}

TEST(CatalogFile, ADateAloneSaysThatThePriceHolds) {
  const BuiltinCatalog catalog = Extended("models: {maker/thinker: {date: 2026-11-20}}\n");
  const Prices& prices = *catalog.FindModel("maker", "thinker")->prices;
  EXPECT_EQ(FormatPrice(prices.cached_input), "0.3");
  EXPECT_EQ(prices.source, "s");
  EXPECT_EQ(prices.date, "2026-11-20");
}

TEST(CatalogFile, OtherFactsChangeOneByOne) {
  const BuiltinCatalog catalog = Extended(
      "models:\n"
      "  maker/small: {context: 16k, rank: 11, capabilities: [vision]}\n"
      "  maker/free-text: {price: {input: 0, output: 0}, source: by hand, date: 2026-02-03}\n");
  const BuiltinModel& small = *catalog.FindModel("maker", "small");
  EXPECT_EQ(small.context, 16'000);
  EXPECT_EQ(small.max_output, 1'000);
  EXPECT_EQ(small.rank, 11);
  EXPECT_EQ(CapabilityNames(small.capabilities), "chat, vision");
  EXPECT_EQ(FormatPrice(small.prices->input), "1");
  const BuiltinModel& text = *catalog.FindModel("maker", "free-text");
  EXPECT_EQ(text.prices->source, "by hand");
  EXPECT_EQ(text.prices->date, "2026-02-03");
}

TEST(CatalogFile, VendorsChangeOneByOneAndNewOnesAreAdded) {
  const BuiltinCatalog catalog = Extended(
      "models: {new/m: {rank: 3}, gpu/n: {}}\n"
      "providers:\n"
      "  maker: {base_url: https://eu.maker.example/v2}\n"
      "  shop: {base_url_form: https://YOURS.shop.example/v1}\n"
      "  other: {local: true}\n"
      "  new: {api: openai, base_url: https://new.example, key_env: NEW_KEY, key_header: X-Key}\n"
      "  gpu: {api: openai, base_url: http://10.0.0.5:8000/v1, local: true}\n");
  EXPECT_EQ(catalog.FindVendor("maker")->base_url.ToString(), "https://eu.maker.example/v2");
  EXPECT_EQ(catalog.FindVendor("maker")->key_env, "MAKER_KEY");
  EXPECT_TRUE(catalog.FindVendor("shop")->base_url.host.empty());
  EXPECT_TRUE(catalog.FindVendor("shop")->reseller);
  EXPECT_EQ(catalog.FindVendor("other")->key_env, "");
  EXPECT_EQ(catalog.FindVendor("new")->key_header, "x-key");
  EXPECT_TRUE(catalog.FindVendor("gpu")->local);
  EXPECT_EQ(catalog.vendors.size(), TestCatalog().vendors.size() + 2);
  EXPECT_EQ(catalog.FindAny("m")->vendor, "new") << "a vendor may stand behind its models";
  EXPECT_NE(catalog.FindModel("gpu", "n"), nullptr);
}

TEST(CatalogFile, AnEmptyOneChangesNothing) {
  for (std::string_view text : {"", "# nothing\n", "{}", "models:\n", "providers: {maker: }\n"}) {
    const BuiltinCatalog catalog = Extended(text);
    EXPECT_EQ(catalog.models.size(), TestCatalog().models.size()) << text;
    EXPECT_EQ(catalog.FindVendor("maker")->key_env, "MAKER_KEY") << text;
  }
}

// HARDENING G: every slip has its place and a way out of it.
TEST(CatalogFile, SlipsAreRefusedWithTheirPlace) {
  struct Slip {
    std::string_view text, place, words;
  };
  const Slip kSlips[] = {
      {"modles: {}\n", "1:1", "unknown key `modles`; did you mean `models`?"},
      {"models: {maker/small: {prize: 1}}\n", "1:24", "did you mean `price`?"},
      {"models:\n  maker/small: {price: {inpt: 1}}\n", "2:25", "did you mean `input`?"},
      {"models: {makr/small: {}}\n", "1:10", "no vendor is named `makr`; did you mean `maker`?"},
      {"models: {small: {}}\n", "1:10", "a model is named vendor/model"},
      {"models: {maker/: {}}\n", "1:10", "a model is named vendor/model"},
      {"models: {maker/small: {}, maker/small: {}}\n", "1:27", "duplicate key"},
      {"models: {maker/small: {price: {input: -1, output: 1}}}\n", "1:39", "is not a price"},
      {"models: {maker/small: {price: {input: 1}}}\n", "1:31", "needs input and output"},
      {"models: {maker/small: {price: 1}}\n", "1:31", "expected a map"},
      {"models: {maker/small: {price: {input: 1, output: 1, off_peak: {utc: 25:00-26:00}}}}\n",
       "1:69", "is not a window of UTC"},
      {"models: {maker/small: {price: {input: 1, output: 1, above: {tokns: 1}}}}\n", "1:61",
       "did you mean `tokens`?"},
      {"models: {maker/small: {date: 2026-02-30}}\n", "1:30", "is not a date"},
      {"models: {maker/small: {date: 26-2-3}}\n", "1:30", "is not a date"},
      {"models: {maker/free-text: {date: 2026-02-03}}\n", "1:10", "belong to a price"},
      {"models: {maker/small: {capabilities: [tols]}}\n", "1:39", "unknown capability `tols`"},
      {"models: {maker/small: {context: many}}\n", "1:33", "is not a number of tokens"},
      {"models: [a]\n", "1:9", "expected a map"},
      {"models: {\"a b/c\": {}}\n", "1:10", "is not a name"},
      {"providers: {maker: {base_url: ftp://x}}\n", "1:31", "does not begin with http"},
      {"providers: {maker: {base_urll: x}}\n", "1:21", "did you mean `base_url`?"},
      {"providers: {maker: {base_url_form: YOURS}}\n", "1:36", "does not begin with http"},
      {"providers: {maker: {api: \"a b\"}}\n", "1:26", "is not a name"},
      {"models: {maker/small: {source: \"a\\tb\"}}\n", "1:32", "without control characters"},
      {"providers: {a/b: {}}\n", "1:13", "has no `/`"},
      {"providers: {new: {api: openai}}\n", "1:13", "needs api, base_url and key_env"},
      {"providers: {new: {api: openai, base_url: https://x, base_url_form: https://y, key_env: "
       "K}}\n",
       "1:13", "one of them"},
      {"providers: {maker: {local: true, key_env: K}}\n", "1:13", "has no `key_env`"},
      {"providers: {maker: {key_header: host}}\n", "1:33", "Weir sets it itself"},
      {"providers: {maker: {key_env: \"${MAKER}\"}}\n", "1:30", "MAKER"},
      {"providers: &a {maker: {}}\n", "1:12", "anchor"},
      {"providers: {maker: {}\n", "2:1", "flow"},
      {"models: [[[[[[[[[[[[", "1:1", ""},
      {"\xff: {}\n", "1:1", "UTF-8"},
  };
  for (const Slip& slip : kSlips) {
    const std::string error = RefusalOf(slip.text);
    EXPECT_THAT(error, StartsWith(fmt::format("mine.yaml:{}", slip.place))) << slip.text;
    EXPECT_THAT(error, HasSubstr(slip.words)) << slip.text;
  }
}

class CatalogOfTest : public testing::Test {
 protected:
  CatalogOfTest()
      : folder_(std::filesystem::temp_directory_path() /
                fmt::format("weir-catalog-{}", static_cast<int>(getpid()))) {
    std::filesystem::create_directories(folder_ / "prices");
  }
  ~CatalogOfTest() override { std::filesystem::remove_all(folder_); }

  Result<BuiltinCatalog> With(const std::string& catalog) const {
    config::Settings settings;
    settings.file = folder_ / "weir.yaml";
    settings.catalog = {catalog, {3, 10}};
    return CatalogOf(settings);
  }
  std::string RefusalOf(const std::string& catalog) const {
    const Result<BuiltinCatalog> result = With(catalog);
    return result ? "accepted" : result.error().message;
  }
  void Write(const std::string& file, std::string_view text) const {
    std::ofstream(folder_ / file) << text;
  }

  std::filesystem::path folder_;
};

TEST_F(CatalogOfTest, WithoutAFileItIsTheShippedOne) {
  const Result<BuiltinCatalog> catalog = CatalogOf({});
  ASSERT_TRUE(catalog);
  EXPECT_EQ(catalog->models.size(), Builtin()->models.size());
}

TEST_F(CatalogOfTest, APathIsRelativeToTheConfigFile) {
  Write("prices/mine.yaml", "models: {openai/gpt-5.4: {price: {input: 7, output: 9}}}\n");
  for (const std::string& path :
       {std::string("prices/mine.yaml"), std::string("./prices/mine.yaml"),
        (folder_ / "prices/mine.yaml").string()}) {
    const Result<BuiltinCatalog> catalog = With(path);
    ASSERT_TRUE(catalog) << catalog.error().message;
    EXPECT_EQ(FormatPrice(catalog->FindModel("openai", "gpt-5.4")->prices->input), "7");
    EXPECT_EQ(catalog->FindModel("openai", "gpt-5.4")->context, 1'050'000);
  }
}

TEST_F(CatalogOfTest, ItsErrorsNameTheFileThatIsWrong) {
  Write("bad.yaml", "\nmodels: {opnai/x: {}}\n");
  EXPECT_THAT(RefusalOf("bad.yaml"), StartsWith((folder_ / "bad.yaml:2:10: ").string()));
  EXPECT_THAT(RefusalOf("bad.yaml"), HasSubstr("did you mean `openai`?"));
  for (const char* path : {"absent.yaml", "prices", "/dev/null", "bad.yaml/x"}) {
    EXPECT_THAT(RefusalOf(path), StartsWith((folder_ / "weir.yaml:3:10: catalog: ").string()))
        << path;
  }
  EXPECT_THAT(RefusalOf("absent.yaml"), HasSubstr("No such file"));
  EXPECT_THAT(RefusalOf("prices"), HasSubstr("is not a file"));
}

}  // namespace
}  // namespace weir::catalog
