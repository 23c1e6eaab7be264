#include "config/node.h"

#include <gtest/gtest.h>

#include "config/testing_config.h"

namespace weir::config {
namespace {

Result<Node> Load(std::string_view text) {
  return LoadYaml(
      text, "f",
      FakeEnvironment(
          {{"A", "one"}, {"B", "two"}, {"EMPTY", ""}, {"LONG", std::string(70'000, 'x')}}));
}

std::string ErrorOf(std::string_view text) {
  Result<Node> node = Load(text);
  return node ? "accepted" : node.error().message;
}

TEST(Tree, KeepsKindsQuotesAndPlaces) {
  Node root = *Load("a: 1\nb: [x, \"y\"]\nc:\n  d: {e: f}\nn:\n");
  EXPECT_EQ(root.kind, Node::Kind::kMap);
  EXPECT_EQ(root.Find("a")->text, "1");
  EXPECT_FALSE(root.Find("b")->items[0].quoted);
  EXPECT_TRUE(root.Find("b")->items[1].quoted);
  const Node* deep = root.Find("c")->Find("d")->Find("e");
  EXPECT_EQ(deep->mark.line, 4);
  EXPECT_EQ(deep->mark.column, 10);
  EXPECT_EQ(root.Find("n")->kind, Node::Kind::kNull);
  EXPECT_EQ(root.Find("n")->mark.line, 5);
  EXPECT_EQ(root.Find("missing"), nullptr);
}

TEST(Tree, EmptyTextIsNull) {
  EXPECT_EQ(Load("")->kind, Node::Kind::kNull);
  EXPECT_EQ(Load("# only a comment\n")->kind, Node::Kind::kNull);
  EXPECT_EQ(Load("---\n...\n")->kind, Node::Kind::kNull);
}

TEST(Tree, ReadsCrlfAndBom) {
  Node root = *Load(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n");
  EXPECT_EQ(root.Find("a")->text, "1");
  EXPECT_EQ(root.Find("b")->mark.line, 2);
}

TEST(Tree, ExpandsValuesOnly) {
  Node root =
      *Load("a: ${A}\nb: \"x${A}y${B}\"\nc: '$${A}'\n${A}: k\nd: $A {A} $\ne: \"#${A}\" # ${NO}\n");
  EXPECT_EQ(root.Find("a")->text, "one");
  EXPECT_EQ(root.Find("a")->raw, "${A}");
  EXPECT_TRUE(root.Find("a")->expanded);
  EXPECT_EQ(root.Find("b")->text, "xoneytwo");
  EXPECT_EQ(root.Find("c")->text, "${A}");
  EXPECT_NE(root.Find("${A}"), nullptr);
  EXPECT_EQ(root.Find("d")->text, "$A {A} $");
  EXPECT_FALSE(root.Find("d")->expanded);
  EXPECT_EQ(root.Find("e")->text, "#one");
}

TEST(Tree, ExpandedTextIsNotReadAsYaml) {
  Node root = *LoadYaml("a: ${X}\n", "f", FakeEnvironment({{"X", "[1, 2]\nb: ${A}"}}));
  EXPECT_EQ(root.Find("a")->kind, Node::Kind::kScalar);
  EXPECT_EQ(root.Find("a")->text, "[1, 2]\nb: ${A}");
}

TEST(Tree, G02NamesTheVariableThatIsNotSet) {
  EXPECT_EQ(ErrorOf("a: 1\nk: [\"x\", \"${NO_SUCH}\"]\n"),
            "f:2:10: the environment variable NO_SUCH is not set");
}

TEST(Tree, G03NamesTheVariableThatIsEmpty) {
  EXPECT_EQ(ErrorOf("k: ${EMPTY}\n"), "f:1:4: the environment variable EMPTY is empty");
}

TEST(Tree, RefusesBrokenVariables) {
  for (std::string_view bad :
       {"k: ${\n", "k: \"${A\"\n", "k: ${}\n", "k: ${A:-x}\n", "k: ${1A}\n", "k: \"${A B}\"\n"}) {
    EXPECT_NE(ErrorOf(bad).find("must be followed by the name"), std::string::npos) << bad;
  }
  EXPECT_NE(ErrorOf("k: ${LONG}\n").find("longer than 64 KiB"), std::string::npos);
}

TEST(Tree, BoundsWhatVariablesAddUp) {
  std::string text;
  for (int i = 0; i < 600; ++i) text += fmt::format("k{}: ${{BIG}}\n", i);
  Result<Node> node = LoadYaml(text, "f", FakeEnvironment({{"BIG", std::string(60'000, 'x')}}));
  ASSERT_FALSE(node);
  EXPECT_NE(node.error().message.find("more than 32 MiB of variables"), std::string::npos);
}

TEST(Tree, UnquotedVariableInFlowSaysThatQuotesAreWanted) {
  for (std::string_view text : {"keys: [${A}]\n", "keys: [ x, ${A}]\n", "k: {a: ${A}}\n",
                                "k: {h: {x: Bearer ${A}}}\n", "k: [\n  ${A},\n  b]\n"}) {
    EXPECT_NE(ErrorOf(text).find("wants quotes: write \"${NAME}\""), std::string::npos)
        << ErrorOf(text);
  }
  EXPECT_TRUE(ErrorOf("keys: [${A}]\n").starts_with("f:1:8: "));
}

TEST(Tree, G07RefusesDuplicateKeysAtTheSecond) {
  EXPECT_EQ(ErrorOf("a: 1\nb: 2\na: 3\n"), "f:3:1: duplicate key `a`: it already stands in line 1");
  std::string many;
  for (int i = 0; i < 50; ++i) many += fmt::format("k{}: 1\n", i);
  EXPECT_TRUE(ErrorOf(many + "k7: 1\n").starts_with("f:51:1: duplicate key `k7`"));
}

TEST(Tree, G18RefusesWhatMakesBombs) {
  EXPECT_NE(ErrorOf("a: &x 1\nb: *x\n").find("anchors and aliases (&x)"), std::string::npos);
  EXPECT_NE(ErrorOf("a: *x\n").find("anchors and aliases are not supported"), std::string::npos);
  EXPECT_NE(ErrorOf("a: !!str 1\n").find("tags ("), std::string::npos);
  EXPECT_NE(ErrorOf("a: !thing {b: 1}\n").find("tags ("), std::string::npos);
  EXPECT_NE(ErrorOf("a: 1\n---\nb: 1\n").find("a second document"), std::string::npos);
  EXPECT_NE(ErrorOf("[a]: 1\n").find("a key must be plain text"), std::string::npos);
  EXPECT_NE(ErrorOf("? {a: b}\n: 1\n").find("a key must be plain text"), std::string::npos);
  EXPECT_NE(ErrorOf("~: 1\n").find("a key must be plain text"), std::string::npos);
}

TEST(Tree, G18BoundsDepth) {
  auto nested = [](int depth) {
    return "a: " + std::string(static_cast<size_t>(depth), '[') +
           std::string(static_cast<size_t>(depth), ']') + "\n";
  };
  EXPECT_TRUE(Load(nested(kMaxDepth - 1)));
  EXPECT_NE(ErrorOf(nested(kMaxDepth)).find("nested deeper than 64"), std::string::npos);
  for (std::string_view unit : {"[", "{a: ", "- ", "? ", "[a, ", "{a: [", "[\n"}) {
    std::string bomb;
    while (bomb.size() < 200'000) bomb += unit;
    EXPECT_NE(ErrorOf(bomb), "accepted") << unit;
  }
}

TEST(Tree, G18BoundsSize) {
  EXPECT_NE(ErrorOf(std::string(kMaxFileBytes + 1, ' ')).find("larger than 32 MiB"),
            std::string::npos);
  EXPECT_NE(ErrorOf(std::string(kMaxFlowMarks + 1, '[')).find("brackets"), std::string::npos);
}

TEST(Tree, RefusesBytesThatAreNotText) {
  EXPECT_TRUE(ErrorOf("a: 1\nb: \xff\n").starts_with("f:2:1: this line is not valid UTF-8"));
  EXPECT_TRUE(ErrorOf(std::string_view("a: 1\nb: \0x\n", 11)).starts_with("f:2:1: "));
}

TEST(Tree, SaysWhereTheSyntaxBreaks) {
  EXPECT_TRUE(ErrorOf("a: b: c\n").starts_with("f:1:5: not valid YAML"));
  EXPECT_TRUE(ErrorOf("a: [1,\n").starts_with("f:2:1: not valid YAML"));
  EXPECT_TRUE(ErrorOf("a: 1\nb: \"x\nc: 2\n").starts_with("f:2:4: the closing quote"));
  EXPECT_TRUE(ErrorOf("b: 'x\n").starts_with("f:1:4: the closing quote"));
  EXPECT_TRUE(Load("b: 'it''s'\n"));
  EXPECT_TRUE(Load("b: \"a\\\"b\"\n"));
  EXPECT_TRUE(Load("b: ! x\n"));
}

}  // namespace
}  // namespace weir::config
