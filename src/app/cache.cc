#include "app/cache.h"

#include "app/admin_client.h"
#include "app/command.h"
#include "app/flags.h"
#include "app/loaded.h"
#include "app/print.h"
#include "base/hash.h"
#include "base/strings.h"
#include "json/object.h"
#include "json/write.h"

namespace weir::app {
namespace {

struct Options {
  std::string route, key_sha256;
};

Result<cache::Selection> SelectionOf(const catalog::Directory& directory, std::string_view body) {
  WEIR_TRY(json::Object object, json::Object::Parse(body.empty() ? "{}" : body));
  for (std::string_view name : object.Names()) {
    if (name == "route" || name == "key_sha256") continue;
    return MakeError(Reason::kBadRequest, fmt::format("unknown member `{}`; known are route, "
                                                      "key_sha256",
                                                      Utf8Prefix(name, 100)));
  }
  cache::Selection selection;
  WEIR_TRY(selection.route, object.String("route"));
  if (selection.route && directory.FindRoute(*selection.route) == nullptr) {
    return MakeError(Reason::kBadRequest,
                     fmt::format("no route is called `{}`", Utf8Prefix(*selection.route, 100)),
                     "route");
  }
  WEIR_TRY(auto hex, object.String("key_sha256"));
  if (!hex) return selection;
  selection.key = Sha256FromHex(*hex);
  if (selection.key) return selection;
  return MakeError(Reason::kBadRequest, "key_sha256: expected the 64 hex digits of a SHA-256",
                   "key_sha256");
}

std::string BodyOf(const Options& options) {
  std::string body;
  json::Writer writer(&body);
  writer.BeginObject();
  if (!options.route.empty()) {
    writer.Key("route");
    writer.String(options.route);
  }
  if (!options.key_sha256.empty()) {
    writer.Key("key_sha256");
    writer.String(options.key_sha256);
  }
  writer.EndObject();
  return body;
}

int Purge(const std::string& config, const Options& options) {
  Result<Loaded> loaded = Load(config);
  if (!loaded) return Fail(loaded.error());
  Result<std::string> answer =
      AskAdmin(loaded->settings, "POST", "/api/cache/purge", BodyOf(options));
  if (!answer) return Fail(answer.error());
  Print(*answer + "\n");
  return kDone;
}

std::function<int()> Declare(const Flags& flags, const std::string& config) {
  auto options = std::make_shared<Options>();
  const Flags purge = flags.Sub("purge", "take answers out of the running server's cache",
                                [&config, options] { return Purge(config, *options); });
  purge.Add("--route", options->route, "only those of this route");
  purge.Add("--key-sha256", options->key_sha256,
            "only those of the client key with this SHA-256 (64 hex digits)");
  return flags.Chosen();
}

}  // namespace

Result<std::string> PurgeCache(gateway::Server& server, std::string_view body) {
  WEIR_TRY(cache::Selection selection, SelectionOf(*server.snapshot()->directory, body));
  return fmt::format(R"({{"purged":{}}})", server.PurgeCache(selection));
}

const Command kCache = {"cache", "purge the running server's answer cache", &Declare};

}  // namespace weir::app
