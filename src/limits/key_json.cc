#include "json/write.h"
#include "limits/key_file.h"

namespace weir::limits {
namespace {

using config::AllowanceSettings;
using config::BudgetSettings;

void WriteBudgets(std::string_view name, const std::vector<BudgetSettings>& budgets,
                  json::Writer* writer) {
  if (budgets.empty()) return;
  writer->Key(name);
  writer->BeginArray();
  for (const BudgetSettings& budget : budgets) WriteBudget(budget, writer);
  writer->EndArray();
}

void WriteNames(std::string_view name, const std::optional<std::vector<config::Name>>& names,
                json::Writer* writer) {
  if (!names) return;
  writer->Key(name);
  writer->BeginArray();
  for (const config::Name& one : *names) writer->String(one.text);
  writer->EndArray();
}

void WriteNumber(std::string_view name, std::optional<int64_t> number, json::Writer* writer) {
  if (!number) return;
  writer->Key(name);
  writer->Int(*number);
}

void WriteAllowance(const AllowanceSettings& allowance, json::Writer* writer) {
  WriteNames("routes", allowance.routes, writer);
  WriteNames("models", allowance.models, writer);
  if (allowance.allow_override) {
    writer->Key("allow_override");
    writer->Bool(*allowance.allow_override);
  }
  WriteNumber("rpm", allowance.rpm, writer);
  WriteNumber("tpm", allowance.tpm, writer);
  WriteNumber("max_inflight", allowance.max_inflight, writer);
  WriteBudgets("budget", allowance.budgets, writer);
  WriteBudgets("user_budget", allowance.user_budgets, writer);
  if (allowance.strong) {
    writer->Key("strong_usd");
    WriteBudget(*allowance.strong, writer);
  }
  if (allowance.strong_over == AllowanceSettings::StrongOver::kRefuse) {
    writer->Key("strong_over");
    writer->String("refuse");
  }
  if (allowance.expires) {
    writer->Key("expires");
    writer->String(FormatWall(*allowance.expires));
  }
  if (!allowance.sample) {
    writer->Key("sample");
    writer->Bool(false);
  }
  if (!allowance.bodies) {
    writer->Key("bodies");
    writer->Bool(false);
  }
}

}  // namespace

std::string_view PerName(config::Per per) {
  constexpr std::string_view kNames[] = {"day", "month", "total"};  // in the order of Per
  return kNames[static_cast<size_t>(per)];
}

void WriteBudget(const BudgetSettings& budget, json::Writer* writer) {
  writer->BeginObject();
  writer->Key("usd");
  writer->String(FormatUsd(budget.limit));
  writer->Key("per");
  writer->String(PerName(budget.per));
  writer->EndObject();
}

std::string KeyJson(const config::KeySettings& key) {
  std::string text;
  json::Writer writer(&text);
  writer.BeginObject();
  writer.Key("name");
  writer.String(key.name.text);
  writer.Key("sha256");
  writer.String(ToHex({reinterpret_cast<const char*>(key.digest.data()), key.digest.size()}));
  if (!key.shown.empty()) {
    writer.Key("shown");
    writer.String(key.shown);
  }
  if (key.team) {
    writer.Key("team");
    writer.String(key.team->text);
  }
  WriteAllowance(key.allowance, &writer);
  writer.EndObject();
  return text;
}

}  // namespace weir::limits
