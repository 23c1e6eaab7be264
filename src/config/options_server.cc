#include "config/options.h"
#include "config/parse.h"

namespace weir::config {
namespace {

constexpr int64_t kKiB = 1 << 10;
constexpr int64_t kMiB = 1 << 20;

Result<void> ReadAdminKey(Reader& reader, const Node& node, AdminSettings& admin) {
  WEIR_TRY(admin.key, reader.SecretOf(node));
  reader.WarnAboutClearSecret(node, "WEIR_ADMIN_KEY");
  return {};
}

constexpr Option<AdminSettings> kAdminOptions[] = {
    {"listen", "address of the admin plane; default 127.0.0.1:8081",
     Set<&Reader::Address, &AdminSettings::listen>},
    {"key", "the admin key; without one on loopback a key is made and kept in data_dir",
     ReadAdminKey},
};

constexpr Word kBodies[] = {{"off"}, {"sampled"}, {"on"}};  // in the order of Bodies

Result<void> ReadBodies(Reader& reader, const Node& node, LedgerSettings& ledger) {
  WEIR_TRY(const size_t index, reader.Choice(node, kBodies));
  ledger.bodies = static_cast<LedgerSettings::Bodies>(index);
  return {};
}

constexpr Option<LedgerSettings> kLedgerOptions[] = {
    {"sink", "where rows go: sqlite", Set<&Reader::NameOf, &LedgerSettings::sink>},
    {"bodies", "whose prompts and answers are stored: off (default), sampled or on", ReadBodies},
    {"retention", "age at which rows are deleted; default 90d",
     Set<&Reader::Duration, &LedgerSettings::retention>},
    {"fsync", "longest time until a row is on the disk; default 100ms",
     Set<&Reader::Duration, &LedgerSettings::fsync>},
};

constexpr Word kLevels[] = {{"trace"}, {"debug"}, {"info"}, {"warn"}, {"error"}, {"off"}};
constexpr Word kFormats[] = {{"auto"}, {"text"}, {"json"}};

// Both tables stand in the order of their enum.
Result<void> ReadLevel(Reader& reader, const Node& node, LogSettings& log) {
  WEIR_TRY(size_t index, reader.Choice(node, kLevels));
  log.level = static_cast<LogLevel>(index);
  return {};
}

Result<void> ReadFormat(Reader& reader, const Node& node, LogSettings& log) {
  WEIR_TRY(size_t index, reader.Choice(node, kFormats));
  log.format = static_cast<LogSettings::Format>(index);
  return {};
}

constexpr Option<LogSettings> kLogOptions[] = {
    {"level", "trace, debug, info, warn, error or off; default info", ReadLevel},
    {"format", "auto (text on a terminal, json into a pipe), text or json", ReadFormat},
};

constexpr Option<LimitSettings> kLimitOptions[] = {
    {"max_body", "largest request body; default 32MiB",
     SetSize<&LimitSettings::max_body, kKiB, 1024 * kMiB>},
    {"max_header", "largest request head; default 64KiB",
     SetSize<&LimitSettings::max_header, kKiB, kMiB>},
    {"read_timeout", "a client's time to send its request; default 30s",
     Set<&Reader::Duration, &LimitSettings::read_timeout>},
    {"max_inflight", "requests at work at one time; default 10000",
     SetInteger<&LimitSettings::max_inflight, 1, 1'000'000>},
    {"max_attempts", "upstream calls of one request; default 4",
     SetInteger<&LimitSettings::max_attempts, 1, 100>},
    {"drain_timeout", "time that running requests get on shutdown; default 60s",
     Set<&Reader::Duration, &LimitSettings::drain_timeout>},
    {"cache", "memory of the answer cache; default 256MiB",
     SetSize<&LimitSettings::cache, kMiB, 1024 * 1024 * kMiB>},
    {"memory", "memory that all requests together may hold", nullptr},
};

}  // namespace

Result<void> ReadAdmin(Reader& reader, const Node& node, Settings& settings) {
  AdminSettings& admin = settings.admin;
  if (node.kind == Node::Kind::kScalar) {
    WEIR_TRY(admin.listen, reader.Address(node));
  } else {
    WEIR_CHECK_OK(ReadSection<AdminSettings>(reader, node, kAdminOptions, admin));
  }
  if (admin.listen.IsLoopback() || admin.key) return {};
  return reader.At(node.mark, fmt::format("{} can be reached from outside: it needs an admin `key`",
                                          admin.listen.ToString()));
}

Result<void> ReadLedger(Reader& reader, const Node& node, Settings& settings) {
  return ReadSection<LedgerSettings>(reader, node, kLedgerOptions, settings.ledger);
}

Result<void> ReadLog(Reader& reader, const Node& node, Settings& settings) {
  return ReadSection<LogSettings>(reader, node, kLogOptions, settings.log);
}

Result<void> ReadLimits(Reader& reader, const Node& node, Settings& settings) {
  return ReadSection<LimitSettings>(reader, node, kLimitOptions, settings.limits);
}

void AppendServerDocs(std::vector<OptionDoc>* docs) {
  AppendDocs<AdminSettings>("admin.", kAdminOptions, docs);
  AppendDocs<LedgerSettings>("ledger.", kLedgerOptions, docs);
  AppendDocs<LogSettings>("log.", kLogOptions, docs);
  AppendDocs<LimitSettings>("limits.", kLimitOptions, docs);
}

}  // namespace weir::config
