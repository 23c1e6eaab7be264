#include "config/options.h"

namespace weir::config {
namespace {

Result<void> ReadListen(Reader& reader, const Node& node, Settings& settings) {
  WEIR_TRY(settings.listen, reader.Address(node));
  settings.listen_mark = node.mark;
  return {};
}

template <Name Settings::* kMember>
Result<void> ReadFileName(Reader& reader, const Node& node, Settings& settings) {
  WEIR_TRY((settings.*kMember).text, reader.Line(node));
  (settings.*kMember).mark = node.mark;
  return {};
}

constexpr Option<Settings> kRootOptions[] = {
    {"listen", "address of the data plane; default 127.0.0.1:8080", ReadListen},
    {"admin", "address of the admin plane, or a map; default 127.0.0.1:8081", ReadAdmin},
    {"data_dir", "folder of the ledger and the admin key; default ./weir-data",
     Set<&Reader::Text, &Settings::data_dir>},
    {"workers", "threads of the data plane; default: one a core",
     SetInteger<&Settings::workers, 1, 1024>},
    {"catalog", "file of vendors, models and prices over the built-in ones",
     ReadFileName<&Settings::catalog>},
    {"weights", "file of `weir train` that the learned classifier reads; default: built in",
     ReadFileName<&Settings::weights>},
    {"providers", "the services that answer, by name", ReadProviders},
    {"models", "the models that can be asked for, by name", ReadModels},
    {"fallbacks", "per model: the models tried after it, in order", ReadFallbacks},
    {"routes", "the virtual models, by name", ReadRoutes},
    {"ledger", "the record of decisions and money", ReadLedger},
    {"log", "what is written to the terminal", ReadLog},
    {"limits", "bounds of the whole server", ReadLimits},
    {"redis", "a cache that several nodes share", ReadRedis},
    {"keys", "the clients' keys with their budgets and limits", ReadKeys},
    {"teams", "budgets that several keys share", ReadTeams},
};

Result<void> CheckAddresses(Reader& reader, const Node& root, const Settings& settings) {
  const Node* admin = root.Find("admin");
  const Node* listen = root.Find("listen");
  if (settings.listen.ToString() != settings.admin.listen.ToString()) return {};
  Mark mark = admin != nullptr ? admin->mark : listen != nullptr ? listen->mark : Mark{};
  return reader.At(
      mark, fmt::format("listen and admin have the same address {}", settings.listen.ToString()));
}

}  // namespace

Result<void> ReadSettings(Reader& reader, const Node& root, Settings& settings) {
  WEIR_CHECK_OK(ReadSection<Settings>(reader, root, kRootOptions, settings));
  return CheckAddresses(reader, root, settings);
}

std::vector<OptionDoc> AllOptions() {
  std::vector<OptionDoc> docs;
  AppendDocs<Settings>("", kRootOptions, &docs);
  AppendProviderDocs(&docs);
  AppendModelDocs(&docs);
  AppendRouteDocs(&docs);
  AppendRuleDocs(&docs);
  AppendQualityDocs(&docs);
  AppendExperimentDocs(&docs);
  AppendServerDocs(&docs);
  AppendRedisDocs(&docs);
  AppendKeyDocs(&docs);
  return docs;
}

}  // namespace weir::config
