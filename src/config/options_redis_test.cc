#include <gtest/gtest.h>

#include "config/parse.h"
#include "config/testing_config.h"

namespace weir::config {
namespace {

Result<Settings> Read(std::string_view text) {
  return Parse(text, "weir.yaml",
               FakeEnvironment({{"URL", "rediss://app:hunter2-hunter2@cache.example.com/2"},
                                {"PASSWORD", "hunter2-hunter2"}}));
}

RedisSettings Of(std::string_view url) {
  Result<RedisSettings> redis = ParseRedisUrl(url);
  EXPECT_TRUE(redis) << url << ": " << redis.error().message;
  return redis ? *redis : RedisSettings();
}

TEST(Redis, IsOptional) {
  const Result<Settings> settings = Read("");
  ASSERT_TRUE(settings);
  EXPECT_FALSE(settings->redis);
}

TEST(Redis, ReadsTheContractsExample) {
  const Result<Settings> settings = Read("redis: {url: \"redis://127.0.0.1:6379\"}\n");
  ASSERT_TRUE(settings) << settings.error().message;
  ASSERT_TRUE(settings->redis);
  EXPECT_EQ(*settings->redis, RedisSettings({.host = "127.0.0.1"}));
  EXPECT_TRUE(settings->warnings.empty());
}

TEST(Redis, ReadsEveryPartOfAUrl) {
  EXPECT_EQ(Of("redis://localhost").port, 6379);
  EXPECT_EQ(Of("rediss://Cache.Example.com:7000").host, "cache.example.com");
  EXPECT_TRUE(Of("REDISS://h").tls);
  EXPECT_EQ(Of("redis://[::1]:7000/15").host, "::1");
  EXPECT_EQ(Of("redis://[::1]:7000/15").port, 7000);
  EXPECT_EQ(Of("redis://[::1]:7000/15").database, 15);
  EXPECT_EQ(Of("redis://h/").database, 0);
  const RedisSettings login = Of("rediss://team%20a:p%40ss%2Fw%25rd@h:1/3");
  EXPECT_EQ(login.user, "team a");
  EXPECT_EQ(login.password.Reveal(), "p@ss/w%rd");
  EXPECT_EQ(login.port, 1);
  EXPECT_EQ(Of("redis://:a:b@c@h").password.Reveal(), "a:b@c") << "the last @ ends it";
  EXPECT_EQ(Of("redis://:x@h").user, "");
}

TEST(Redis, IsShownWithoutUserAndPassword) {
  EXPECT_EQ(Of("rediss://app:hunter2@h:1/3").ToString(), "rediss://h:1/3");
  EXPECT_EQ(Of("redis://[::1]").ToString(), "redis://[::1]:6379/0");
}

TEST(Redis, WhatIsWrongIsSaidWithoutTheUrl) {
  constexpr std::pair<std::string_view, std::string_view> kBad[] = {
      {"http://hunter2@h", "does not begin with redis://"},
      {"hunter2", "does not begin with redis://"},
      {"redis://", "its host"},
      {"redis://:hunter2@", "its host"},
      {"redis://hunter2@h", "its password is missing"},
      {"redis://hunter2:@h", "its password is missing"},
      {"redis://:hunter2%zz@h", "a broken %XX"},
      {"redis://:hunter2@h:0", "its port"},
      {"redis://:hunter2@h:70000", "its port"},
      {"redis://:hunter2@h:x", "its port"},
      {"redis://:hunter2@h/x", "not a database's number"},
      {"redis://:hunter2@h/-1", "not a database's number"},
      {"redis://:hunter2@h/9999999", "not a database's number"},
      {"redis://:hunter2@h?db=1", "a query"},
      {"redis://:hunter2#@h", "a fragment"},
      {"redis://:hunter2 @h", "a blank"},
      {"redis://:hunter2@[::1", "brackets"},
      {"redis://:hunter2@2130706433", "its host"},
  };
  for (const auto& [url, words] : kBad) {
    const Result<Settings> settings = Read(fmt::format("redis: {{url: \"{}\"}}\n", url));
    ASSERT_FALSE(settings) << url;
    const std::string& message = settings.error().message;
    EXPECT_TRUE(message.starts_with("weir.yaml:1:14: redis.url: ")) << message;
    EXPECT_NE(message.find(words), std::string::npos) << message;
    EXPECT_EQ(message.find("hunter2"), std::string::npos) << message;
  }
}

TEST(Redis, ASectionHasItsRules) {
  constexpr std::pair<std::string_view, std::string_view> kBad[] = {
      {"redis: {}\n", "1:8: redis: `url` is missing"},
      {"redis: redis://h\n", "1:8: redis: expected a map such as {url: …}"},
      {"redis: {urll: x}\n", "1:9: redis: unknown key `urll`; did you mean `url`?"},
      {"redis: {url: \"redis://:secret@cache.example.com\"}\n",
       "1:14: redis: the password would travel to cache.example.com unencrypted"},
      {"redis: {url: \"redis://:secret@10.0.0.1\", allow_plaintext: false}\n", "unencrypted"},
      {"redis: {url: \"redis://h\", tls: {ca_file: a.pem}}\n",
       "1:27: redis: `tls` belongs to rediss:// only"},
      {"redis: {url: \"rediss://h\", tls: {ca: a.pem}}\n", "unknown key `ca`; known here: ca_file"},
  };
  for (const auto& [text, words] : kBad) {
    const Result<Settings> settings = Read(text);
    ASSERT_FALSE(settings) << text;
    EXPECT_NE(settings.error().message.find(words), std::string::npos) << settings.error().message;
  }
  for (const std::string_view good :
       {"redis: {url: \"redis://cache.example.com\"}\n",
        "redis: {url: \"redis://:${PASSWORD}@127.0.0.1\"}\n",
        "redis: {url: \"redis://:${PASSWORD}@localhost\"}\n",
        "redis: {url: \"redis://:${PASSWORD}@10.0.0.1\", allow_plaintext: true}\n",
        "redis: {tls: {ca_file: ca.pem}, url: \"rediss://:${PASSWORD}@10.0.0.1\"}\n"}) {
    const Result<Settings> settings = Read(good);
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_TRUE(settings->warnings.empty()) << good;
  }
  EXPECT_EQ(Read("redis: {tls: {ca_file: ca.pem}, url: \"rediss://h\"}\n")->redis->ca_file,
            "ca.pem")
      << "in whatever order they stand";
}

TEST(Redis, ComesFromTheEnvironmentOrIsWarnedAbout) {
  const Result<Settings> settings = Read("redis: {url: \"${URL}\"}\n");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->redis->user, "app");
  EXPECT_EQ(settings->redis->database, 2);
  EXPECT_TRUE(settings->warnings.empty());
  const Result<Settings> clear = Read("redis: {url: \"redis://:hunter2@127.0.0.1\"}\n");
  ASSERT_TRUE(clear);
  ASSERT_EQ(clear->warnings.size(), 1U);
  EXPECT_EQ(clear->warnings[0],
            "weir.yaml:1:14: redis.url: a secret stands in the file in clear: write "
            "\"${REDIS_URL}\" and set that environment variable");
}

}  // namespace
}  // namespace weir::config
