// The sections of the config file, each a table of rows in its own file. To add an option: a field
// in settings.h and a row here.
#pragma once

#include <vector>

#include "config/option.h"
#include "config/settings.h"

namespace weir::config {

// Reads the whole file's root.
Result<void> ReadSettings(Reader& reader, const Node& root, Settings& settings);
// Every option with its doc text, built or not, in the order of the tables.
std::vector<OptionDoc> AllOptions();

// Rows of the root.
Result<void> ReadProviders(Reader& reader, const Node& node, Settings& settings);
Result<void> ReadModels(Reader& reader, const Node& node, Settings& settings);
Result<void> ReadFallbacks(Reader& reader, const Node& node, Settings& settings);
Result<void> ReadRoutes(Reader& reader, const Node& node, Settings& settings);
Result<void> ReadAdmin(Reader& reader, const Node& node, Settings& settings);
Result<void> ReadLedger(Reader& reader, const Node& node, Settings& settings);
Result<void> ReadLog(Reader& reader, const Node& node, Settings& settings);
Result<void> ReadLimits(Reader& reader, const Node& node, Settings& settings);
Result<void> ReadRedis(Reader& reader, const Node& node, Settings& settings);
Result<void> ReadKeys(Reader& reader, const Node& node, Settings& settings);
Result<void> ReadTeams(Reader& reader, const Node& node, Settings& settings);
Result<void> ReadKeyList(Reader& reader, const Node& node, std::vector<KeySettings>& keys);
Result<BudgetSettings> ReadBudget(Reader& reader, const Node& node);
Result<double> PercentOrShare(Reader& reader, const Node& node);  // "1%" or 0.01
Result<void> ReadExperiments(Reader& reader, const Node& node, RouteSettings& route);
Result<void> ReadQuality(Reader& reader, const Node& node, RouteSettings& route);
Result<void> ReadRules(Reader& reader, const Node& node, RouteSettings& route);

void AppendProviderDocs(std::vector<OptionDoc>* docs);
void AppendModelDocs(std::vector<OptionDoc>* docs);
void AppendRouteDocs(std::vector<OptionDoc>* docs);
void AppendRuleDocs(std::vector<OptionDoc>* docs);
void AppendExperimentDocs(std::vector<OptionDoc>* docs);
void AppendQualityDocs(std::vector<OptionDoc>* docs);
void AppendKeyDocs(std::vector<OptionDoc>* docs);
void AppendRedisDocs(std::vector<OptionDoc>* docs);
void AppendServerDocs(std::vector<OptionDoc>* docs);  // admin, ledger, log, limits

}  // namespace weir::config
