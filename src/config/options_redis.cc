#include "config/options.h"
#include "config/parse.h"

namespace weir::config {
namespace {

// The URL's parts, beside what other options say.
Result<void> ReadRedisUrl(Reader& reader, const Node& node, RedisSettings& redis) {
  WEIR_TRY(RedisSettings read, reader.RedisUrlOf(node));
  if (!read.password.empty()) reader.WarnAboutClearSecret(node, "REDIS_URL");
  read.ca_file = std::move(redis.ca_file);
  read.allow_plaintext = redis.allow_plaintext;
  redis = std::move(read);
  return {};
}

constexpr Option<RedisSettings> kTlsOptions[] = {
    {"ca_file", "PEM file of the authorities to trust instead of the system's",
     Set<&Reader::Text, &RedisSettings::ca_file>},
};

Result<void> ReadRedisTls(Reader& reader, const Node& node, RedisSettings& redis) {
  return ReadSection<RedisSettings>(reader, node, kTlsOptions, redis);
}

constexpr Option<RedisSettings> kRedisOptions[] = {
    {"url", "redis://[user:password@]host[:port][/database], or rediss:// for TLS", ReadRedisUrl},
    {"tls", "how the certificate of rediss:// is judged", ReadRedisTls},
    {"allow_plaintext", "allow a password over redis:// to another machine; default false",
     Set<&Reader::Bool, &RedisSettings::allow_plaintext>},
};

}  // namespace

Result<void> ReadRedis(Reader& reader, const Node& node, Settings& settings) {
  RedisSettings redis;
  WEIR_CHECK_OK(ReadSection<RedisSettings>(reader, node, kRedisOptions, redis));
  const Node* url = node.Find("url");
  if (url == nullptr) return reader.At(node.mark, "`url` is missing");
  if (!redis.tls && !redis.password.empty() && !redis.IsLoopback() && !redis.allow_plaintext) {
    return reader.At(url->mark,
                     fmt::format("the password would travel to {} unencrypted: use rediss://, or "
                                 "say `allow_plaintext: true`",
                                 redis.host));
  }
  if (const Name* tls = node.FindKey("tls"); tls != nullptr && !redis.tls) {
    return reader.At(tls->mark, "`tls` belongs to rediss:// only");
  }
  settings.redis = std::move(redis);
  return {};
}

void AppendRedisDocs(std::vector<OptionDoc>* docs) {
  AppendDocs<RedisSettings>("redis.", kRedisOptions, docs);
  AppendDocs<RedisSettings>("redis.tls.", kTlsOptions, docs);
}

}  // namespace weir::config
