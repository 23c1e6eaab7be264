#include "route/rule_set.h"

#include <gtest/gtest.h>

#include "config/pattern.h"
#include "route/world_for_test.h"

namespace weir::route {
namespace {

config::RuleSettings Rule(std::string name, std::string match) {
  config::RuleSettings rule;
  rule.name = {std::move(name), {}};
  rule.match = std::move(match);
  rule.match_mark = {12, 7};
  return rule;
}

int FirstMatch(const std::vector<config::RuleSettings>& rules, const chat::Request& request) {
  auto set = RuleSet::Compile(rules, "weir.yaml");
  if (!set) return -100;
  return set->FirstMatch(Features(request));
}

TEST(RuleSet, TheFirstThatMatchesWins) {
  const std::vector rules = {Rule("a", "weir"), Rule("b", "(?i)RIVER"), Rule("c", "r")};
  EXPECT_EQ(FirstMatch(rules, Asking("a river and a weir")), 0);
  EXPECT_EQ(FirstMatch(rules, Asking("a river")), 1);
  EXPECT_EQ(FirstMatch(rules, Asking("or")), 2);
  EXPECT_EQ(FirstMatch(rules, Asking("dam")), -1);
  EXPECT_EQ(FirstMatch({}, Asking("dam")), -1);
}

TEST(RuleSet, PatternAndConditionsMustAllHold) {
  auto rule = Rule("a", "weir");
  rule.when = {.tools = true, .images = false, .min_tokens = 100};
  chat::Request request = Asking("weir");
  request.has_tools = true;
  request.text_bytes = 10'000;
  EXPECT_EQ(FirstMatch({rule}, request), 0);
  auto lacking = request;
  lacking.has_tools = false;
  EXPECT_EQ(FirstMatch({rule}, lacking), -1);
  lacking = request;
  lacking.images = 1;
  EXPECT_EQ(FirstMatch({rule}, lacking), -1);
  lacking = request;
  lacking.text_bytes = 10;
  EXPECT_EQ(FirstMatch({rule}, lacking), -1);
  lacking = request;
  lacking.last_user = "dam";
  EXPECT_EQ(FirstMatch({rule}, lacking), -1);
}

TEST(RuleSet, ConditionsAloneDecideWithoutAPattern) {
  auto rule = Rule("images", "");
  rule.when.images = true;
  chat::Request request = Asking("");
  EXPECT_EQ(FirstMatch({rule}, request), -1);
  request.images = 2;
  EXPECT_EQ(FirstMatch({rule}, request), 0);
}

TEST(RuleSet, LooksWhereTheRuleSays) {
  auto anywhere = Rule("all", "secret");
  anywhere.on_all = true;
  const std::vector rules = {Rule("last", "secret"), anywhere};
  chat::Request request = Asking("hello");
  request.all_text = "a secret\nhello";
  EXPECT_EQ(FirstMatch(rules, request), 1);
  request.last_user = "secret";
  EXPECT_EQ(FirstMatch(rules, request), 0);
}

TEST(RuleSet, SeesHeadAndTailOfALongTextOnly) {
  const std::string filler(kRuleTextBytes, '.');
  const std::vector rules = {Rule("a", "weir")};
  EXPECT_EQ(FirstMatch(rules, Asking("weir" + filler + filler)), 0);
  EXPECT_EQ(FirstMatch(rules, Asking(filler + filler + "weir")), 0);
  EXPECT_EQ(FirstMatch(rules, Asking(filler + "weir" + filler)), -1);
  EXPECT_EQ(FirstMatch({Rule("a", "weir$")}, Asking(filler + filler + "weir")), 0);
}

TEST(RuleSet, WhatRe2RefusesIsAnErrorWithItsPlace) {
  for (const char* pattern : {"(?=look)", "(a", "\\1", "a{2000}"}) {
    const std::vector rules = {Rule("bad", pattern)};
    auto set = RuleSet::Compile(rules, "weir.yaml");
    ASSERT_FALSE(set) << pattern;
    EXPECT_EQ(set.error().reason, Reason::kConfig);
    EXPECT_NE(set.error().message.find("weir.yaml:12:7"), std::string::npos) << set.error().message;
    EXPECT_NE(set.error().message.find("`bad`"), std::string::npos);
  }
  EXPECT_FALSE(RuleSet::Compile(
      std::vector{Rule("big", std::string(config::kMaxPatternBytes + 1, 'a'))}, ""));
  EXPECT_TRUE(
      RuleSet::Compile(std::vector{Rule("big", std::string(config::kMaxPatternBytes, 'a'))}, ""));
}

std::string ThousandAlternations() {
  std::string pattern;
  for (int i = 0; i < 1'000; ++i) pattern += fmt::format("{}w{}x", i ? "|" : "", i);
  return pattern;
}

// HARDENING X12. The text is bounded before RE2 sees it; within the bound RE2 is linear.
TEST(RuleSet, X12PatternsMadeToExplodeStayLinear) {
  for (const std::string& pattern :
       {std::string("(a+)+$"), std::string("(.*)*x"), std::string("(a|aa)+$"),
        std::string("(a|a?)+$"), std::string("([a-z]+)*$"), std::string("(x+x+)+y"),
        std::string("^(([a-z])+.)+[A-Z]([a-z])+$"), std::string("(?:a?){25}a{25}"),
        std::string("(.*a){20}"), ThousandAlternations()}) {
    const std::vector rules = {Rule("r", pattern), Rule("other", "never-there")};
    auto set = RuleSet::Compile(rules, "");
    ASSERT_TRUE(set) << pattern.substr(0, 40);
    for (const size_t size : {size_t{100} << 10, size_t{1} << 20}) {
      const std::string text = std::string(size, 'a') + "!";
      const chat::Request request = Asking(text);
      const auto begin = std::chrono::steady_clock::now();
      set->FirstMatch(Features(request));
      EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500))
          << pattern.substr(0, 40) << " on " << size;
    }
  }
}

std::vector<config::RuleSettings> HeavyRules(int count) {
  std::vector<config::RuleSettings> rules;
  for (int i = 0; i < count; ++i) {
    rules.push_back(Rule(fmt::format("r{}", i), fmt::format("(?:[ab]c?){{900}}<{}>", i)));
  }
  return rules;
}

TEST(RuleSet, PatternsThatAreTooLargeTogetherAreRefusedAtTheStart) {
  EXPECT_TRUE(RuleSet::Compile(HeavyRules(1), "weir.yaml"));
  auto set = RuleSet::Compile(HeavyRules(300), "weir.yaml");
  ASSERT_FALSE(set);
  EXPECT_NE(set.error().message.find("weir.yaml:12:7: rule `r299`"), std::string::npos)
      << set.error().message;
  EXPECT_NE(set.error().message.find("too large"), std::string::npos);
}

TEST(RuleSet, WhatTheStartAcceptsIsAnsweredRight) {
  const auto rules = HeavyRules(2);
  for (const int i : {0, 1}) {
    const std::string text = "x" + std::string(900, 'a') + fmt::format("<{}>", i);
    EXPECT_EQ(FirstMatch(rules, Asking(text)), i);
  }
  EXPECT_EQ(FirstMatch(rules, Asking("x" + std::string(899, 'a') + "<0>")), -1);
}

}  // namespace
}  // namespace weir::route
