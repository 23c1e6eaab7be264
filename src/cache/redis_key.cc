#include "cache/redis_key.h"

#include <fmt/format.h>

namespace weir::cache {
namespace {

constexpr std::string_view kPrefix = "weir:answer:1";

std::string PartitionPart(const Partition& partition) {
  std::string bytes(1, static_cast<char>(partition.kind));
  bytes.append(reinterpret_cast<const char*>(partition.digest.data()), partition.digest.size());
  return fmt::format("{:016x}", Hash64(bytes));
}

std::string RoutePart(std::string_view route) {
  return fmt::format("{:016x}", Hash64(route));
}

std::string NameOf(const Partition& partition, std::string_view route, const Sha256Digest& digest) {
  const std::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
  return fmt::format("{}:{}:{}:{}", kPrefix, PartitionPart(partition), RoutePart(route),
                     ToHex(bytes));
}

}  // namespace

RedisKey RedisKeyOf(const Key& key) {
  const Sha256Digest digest = Sha256(key.bytes);
  return {digest, NameOf(key.partition(), key.route(), digest)};
}

std::string RedisPatternOf(const Selection& selection) {
  const std::string partition =
      selection.key ? PartitionPart({Partition::Kind::kKey, *selection.key}) : "*";
  return fmt::format("{}:{}:{}:*", kPrefix, partition,
                     selection.route ? RoutePart(*selection.route) : "*");
}

}  // namespace weir::cache
