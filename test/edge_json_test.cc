// HARDENING 4.1, J01–J38: bodies that are not the request they should be. Each is one error, and
// the connection goes on in step. What is wrong with a body as a whole is in edge_body_test.cc.
#include <fmt/format.h>

#include "test/harness/edge.h"

namespace weir::e2e {
namespace {

using std::string_literals::operator""s;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::string_view kMessages = R"("messages":[{"role":"user","content":"hi"}])";
const std::vector<int> kBad = {400};

std::string With(std::string_view member) {
  return fmt::format(R"({{"model":"large",{},{}}})", member, kMessages);
}

std::string Saying(std::string_view raw) {  // the bytes between the quotes
  return fmt::format(R"({{"model":"large","messages":[{{"role":"user","content":"{}"}}]}})", raw);
}

std::string Messages(std::string_view value) {
  return fmt::format(R"({{"model":"large","messages":{}}})", value);
}

std::string Model(std::string_view value) {
  return fmt::format(R"({{"model":{},{}}})", value, kMessages);
}

std::string Utf16(std::string_view text) {
  std::string wide = "\xFF\xFE";
  for (char c : text) (wide += c) += '\0';
  return wide;
}

const EdgeRow kGrammar[] = {
    {"J01Empty", "", kBad},
    {"J02NotJson", "model=large&messages=hi", kBad},
    {"J03Truncated", With("\"n\":1").substr(0, 40), kBad},
    {"J04Array", "[" + With("\"n\":1") + "]", kBad},
    {"J05String", R"("large")", kBad},
    {"J35TwoDocuments", With("\"n\":1") + With("\"n\":1"), kBad},
    {"J36Comments", With("\"n\":1/* one */"), kBad},
};

const EdgeRow kBytes[] = {
    {"J10BadUtf8", Saying("\xFF\xFE"), kBad},
    {"J11Overlong", Saying("\xC0\xAF \xE0\x80\xAF"), kBad},
    {"J12LoneSurrogate", Saying("\\ud800 x"), kBad},
    {"J13RawControl",
     Saying("a\x01"
            "b\n"),
     kBad},
    {"J15ByteOrderMark", "\xEF\xBB\xBF" + Saying("hi"), kBad},
    {"J16Utf16", Utf16(Saying("hi")), kBad},
    {"J17Nan", With("\"temperature\":NaN"), kBad},
    {"J18TooLargeANumber", With("\"temperature\":1e400"), kBad},
};

const EdgeRow kMembers[] = {
    {"J09TwoModels", With(R"("model":"small")"), kBad},
    {"J19MaxTokens2To63", With("\"max_tokens\":9223372036854775808"), kBad},
    {"J20NegativeMaxTokens", With("\"max_tokens\":-1"), kBad},
    {"J21MaxTokensAsText", With("\"max_tokens\":\"10\""), kBad},
    {"J22FractionOfATokens", With("\"max_tokens\":1.5"), kBad},
    {"J23StreamAsText", With("\"stream\":\"true\""), kBad},
    {"J24NoMessages", R"({"model":"large"})", kBad},
    {"J25EmptyMessages", Messages("[]"), kBad},
    {"J26MessagesAsText", Messages("\"hi\""), kBad},
    {"J27ANumberAsMessage", Messages("[1]"), kBad},
    {"J28ModelAsObject", Model("{}"), kBad},
    {"J29EmptyModel", Model("\"\""), kBad},
    {"J30AMillionChoices", With("\"n\":1000000"), kBad},
};

// What is not known is not said back raw: the answer stays JSON of a few KiB.
const EdgeRow kNames[] = {
    {"J31CrLfInModel", Model(R"("large\r\nx-injected: yes")"), {400, 404}},
    {"J32ModelOfOneMegabyte", Model("\"" + std::string(1 << 20, 'm') + "\""), {400, 404}},
    {"J33HtmlInModel", Model(R"("<script>alert(1)</script>")"), {400, 404}},
    {"J34Proto", Model(R"("__proto__")"), {400, 404}},
};

class EdgeJsonTest : public EdgeTest, public testing::WithParamInterface<EdgeRow> {
 protected:
  static Talk Post(std::string_view body) {
    return Say(
        Framed(fmt::format("content-length: {}\r\n", body.size()), body) + Chat("the next one"), 2);
  }
};

TEST_P(EdgeJsonTest, IsOneErrorAndTheConnectionGoesOn) {
  const size_t before = upstream().requests().size();
  const Talk talk = Post(GetParam().bytes);
  ASSERT_EQ(talk.answers.size(), 2U);
  EXPECT_TRUE(IsError(talk.answers[0], GetParam().statuses));
  EXPECT_EQ(talk.answers[0].Header("x-injected"), "");
  EXPECT_TRUE(Served(talk.answers[1]));
  EXPECT_EQ(upstream().requests().size(), before + 1);
}

constexpr auto kName = [](const auto& each) { return std::string(each.param.id); };
INSTANTIATE_TEST_SUITE_P(Grammar, EdgeJsonTest, testing::ValuesIn(kGrammar), kName);
INSTANTIATE_TEST_SUITE_P(Bytes, EdgeJsonTest, testing::ValuesIn(kBytes), kName);
INSTANTIATE_TEST_SUITE_P(Member, EdgeJsonTest, testing::ValuesIn(kMembers), kName);
INSTANTIATE_TEST_SUITE_P(Name, EdgeJsonTest, testing::ValuesIn(kNames), kName);

class EdgeLargeJsonTest : public EdgeJsonTest {
 protected:
  static constexpr int64_t kMostKib = 64 << 10;  // twice limits.max_body
  // One error within `limit`, in bounded memory.
  static void ExpectRefused(std::string_view body, const std::vector<int>& statuses,
                            seconds limit) {
    const int64_t resident = weir().resident_kib();
    const auto began = steady_clock::now();
    const Talk talk = Post(body);
    EXPECT_LT(steady_clock::now() - began, limit);
    ASSERT_EQ(talk.answers.size(), 2U);
    EXPECT_TRUE(IsError(talk.answers[0], statuses));
    EXPECT_TRUE(Served(talk.answers[1]));
    if (MemoryIsOurs()) {
      EXPECT_LT(weir().resident_kib() - resident, kMostKib);
    }
  }
  static std::string Nested(size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  }
};

TEST_F(EdgeLargeJsonTest, J06AHundredThousandLevels) {
  ExpectRefused(Messages(Nested(100'000)), {400, 413}, seconds(3));
  ExpectRefused(std::string(100'000, '{'), {400, 413}, seconds(3));
}

TEST_F(EdgeLargeJsonTest, J07AMillionLevels) {
  ExpectRefused(Nested(1'000'000), {400, 413}, seconds(3));
  std::string objects;
  for (int i = 0; i < 1'000'000; ++i) objects += R"({"a":)";
  ExpectRefused(objects, {400, 413}, seconds(3));
}

TEST_F(EdgeLargeJsonTest, J08LevelsInAFieldThatNobodyReads) {
  ExpectRefused(With("\"metadata\":" + Nested(100'000)), {400, 413}, seconds(3));
}

TEST_F(EdgeLargeJsonTest, J14AnEscapedNulIsTextLikeAnyOther) {
  const Talk talk = Post(Saying(R"(a\u0000b)"));
  ASSERT_EQ(talk.answers.size(), 2U);
  EXPECT_TRUE(Served(talk.answers[0]));
  EXPECT_NE(upstream().requests().rbegin()[1].body.find(R"(a\u0000b)"), std::string::npos);
}

TEST_F(EdgeLargeJsonTest, J37ANumberOfAMillionDigits) {
  const std::string digits(1'000'000, '7');
  ExpectRefused(With("\"max_tokens\":" + digits), {400, 413}, seconds(5));
  ExpectRefused(With("\"metadata\":-0." + digits + "e-5"), {400, 413}, seconds(5));
}

// Sound JSON, and more than any model's window: refused by the gates of the route.
TEST_F(EdgeLargeJsonTest, J38AHundredThousandMessages) {
  std::string messages = R"({"model":"auto","messages":[)";
  for (int i = 0; i < 100'000; ++i) messages += R"({"role":"user","content":"hi"},)";
  messages.back() = ']';
  ExpectRefused(messages + "}", {400, 413}, seconds(5));
}

}  // namespace
}  // namespace weir::e2e
