#include "net/redis_protocol.h"

#include <gtest/gtest.h>

namespace weir::net {
namespace {

using Kind = RedisReply::Kind;
using Step = RedisReader::Step;

constexpr size_t kMost = 1'000;

struct Cut {
  std::vector<RedisReply> replies;
  Step last = Step::kMore;
  size_t most_buffered = 0;
};

Cut Read(std::string_view bytes, size_t stride, size_t most = kMost) {
  RedisReader reader(most);
  Cut cut;
  while (!bytes.empty() && cut.last != Step::kBroken) {
    reader.Feed(bytes.substr(0, stride));
    bytes.remove_prefix(std::min(stride, bytes.size()));
    RedisReply reply;
    while ((cut.last = reader.Next(&reply)) == Step::kReply) {
      cut.replies.push_back(std::move(reply));
    }
    cut.most_buffered = std::max(cut.most_buffered, reader.buffered());
  }
  return cut;
}

RedisReply Of(Kind kind, std::string text) {
  return {kind, 0, std::move(text), {}};
}

constexpr char kAll[] =
    "+OK\r\n-WRONGTYPE Operation\r\n:-42\r\n$5\r\na\r\n\0b\r\n$0\r\n\r\n$-1\r\n*-1\r\n"
    "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$2\r\nbc\r\n*0\r\n";

TEST(RedisProtocol, ReadsEveryKindHoweverItIsCut) {
  const std::string_view all(kAll, sizeof(kAll) - 1);
  const std::vector<RedisReply> expected = {
      Of(Kind::kStatus, "OK"),
      Of(Kind::kError, "WRONGTYPE Operation"),
      {Kind::kInteger, -42, "", {}},
      Of(Kind::kBytes, std::string("a\r\n\0b", 5)),
      Of(Kind::kBytes, ""),
      {},
      {},
      {Kind::kList,
       0,
       "",
       {Of(Kind::kBytes, "0"),
        {Kind::kList, 0, "", {Of(Kind::kBytes, "a"), Of(Kind::kBytes, "bc")}}}},
      {Kind::kList, 0, "", {}}};
  for (size_t stride = 1; stride <= all.size(); ++stride) {
    const Cut cut = Read(all, stride);
    EXPECT_EQ(cut.replies, expected) << stride;
    EXPECT_EQ(cut.last, Step::kMore);
  }
}

TEST(RedisProtocol, AnErrorHasACodeAndIsCutShort) {
  const Cut cut = Read("-OOM command not allowed\r\n-" + std::string(900, 'x') + "\r\n-\r\n", 7);
  ASSERT_EQ(cut.replies.size(), 3U);
  EXPECT_EQ(cut.replies[0].code(), "OOM");
  EXPECT_EQ(cut.replies[1].text.size(), 200U);
  EXPECT_EQ(cut.replies[2].code(), "");
}

// HARDENING D10: garbage.
TEST(RedisProtocol, D10WhatIsNoAnswerIsRefused) {
  const std::string deep = "*1\r\n*1\r\n*1\r\n:1\r\n";
  for (const std::string& bytes :
       {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string("\0\0\0\0", 4),
        std::string("$x\r\n"), std::string("$-2\r\n"), std::string(":1x\r\n"),
        std::string("*x\r\n"), std::string("*-2\r\n"), std::string("%1\r\n+a\r\n+b\r\n"), deep,
        std::string("*9\r\n*9\r\n*9\r\n*9\r\n")}) {
    for (const size_t stride : {size_t{1}, bytes.size()}) {
      const Cut cut = Read(bytes, stride);
      EXPECT_EQ(cut.last, Step::kBroken) << bytes;
      EXPECT_TRUE(cut.replies.empty()) << bytes;
    }
  }
}

// What is too long is refused by its length, before its bytes are there.
TEST(RedisProtocol, AHugeLengthIsRefusedAtOnce) {
  for (const std::string_view bytes :
       {"$1001\r\n", "$2000000000\r\n", "$9223372036854775807\r\n",
        "*2\r\n$1\r\na\r\n$536870912\r\n", "$99999999999999999999999\r\n"}) {
    EXPECT_EQ(Read(bytes, 1).last, Step::kBroken) << bytes;
  }
  EXPECT_EQ(Read("$990\r\n", 1).last, Step::kMore);
  for (const std::string_view odd : {"$1001z", "$1001z\r\xbc\nabc", "$99999999999999999999999"}) {
    EXPECT_EQ(Read(odd, 1).last, Step::kBroken) << odd;
    EXPECT_EQ(Read(odd, odd.size()).last, Step::kBroken) << odd << ", however it is cut";
  }
}

TEST(RedisProtocol, AClaimedLengthTakesNoMemory) {
  // 100 million items are said to come, and one does.
  const Cut cut = Read("*100000000\r\n:1\r\n", 1);
  EXPECT_EQ(cut.last, Step::kMore);
  std::string items = "*5000\r\n";
  for (int i = 0; i < 5'000; ++i) items += ":1\r\n";
  EXPECT_EQ(Read(items, 64).last, Step::kBroken) << "and no list is longer than needed";
}

TEST(RedisProtocol, TheBoundIsOfTheWholeAnswer) {
  const std::string item = "$400\r\n" + std::string(400, 'x') + "\r\n";
  const std::string line = "+" + std::string(400, 'x') + "\r\n";
  for (const std::string& part : {item, line}) {
    for (const size_t stride : {size_t{1}, size_t{5'000}}) {
      EXPECT_EQ(Read("*2\r\n" + part + part, stride).replies.size(), 1U);
      EXPECT_EQ(Read("*3\r\n" + part + part + part, stride).last, Step::kBroken);
      EXPECT_EQ(Read(part + part + part, stride).replies.size(), 3U) << "each its own";
    }
  }
}

TEST(RedisProtocol, ALineWithoutAnEndIsRefused) {
  const Cut cut = Read("+" + std::string(100'000, 'x'), 16);
  EXPECT_EQ(cut.last, Step::kBroken);
  EXPECT_LE(cut.most_buffered, kMost + 64 + 16);
}

TEST(RedisProtocol, NothingIsReadAfterAFailure) {
  RedisReader reader(kMost);
  reader.Feed("?\r\n+OK\r\n");
  RedisReply reply;
  EXPECT_EQ(reader.Next(&reply), Step::kBroken);
  reader.Feed("+OK\r\n");
  EXPECT_EQ(reader.Next(&reply), Step::kBroken);
  EXPECT_EQ(reader.failure(), "what it answers is not Redis' protocol");
}

TEST(RedisProtocol, WritesWordsWithTheirLengths) {
  const RedisCommand command({"SET", std::string_view("a\0\r\n", 4), ""}, Kind::kStatus);
  constexpr char kWire[] = "*3\r\n$3\r\nSET\r\n$4\r\na\0\r\n\r\n$0\r\n\r\n";
  EXPECT_EQ(command.bytes(), std::string_view(kWire, sizeof(kWire) - 1));
  EXPECT_EQ(command.answer(), Kind::kStatus);
}

}  // namespace
}  // namespace weir::net
