#include "learn/evaluation.h"

#include <fmt/format.h>

#include <map>

#include "json/write.h"

namespace weir::learn {
namespace {

struct Rows {
  std::vector<Outcome> outcomes;
  std::vector<double> scores;
};

// One figure under the name of the column, as tools of the field call it.
struct Column {
  std::string_view name;
  int decimals;
  std::optional<double> (*value)(const Figures&);
};

constexpr Column kColumns[] = {
    {"weak", 3, [](const Figures& f) { return std::optional(f.weak); }},
    {"strong", 3, [](const Figures& f) { return std::optional(f.strong); }},
    {"pos", 3, [](const Figures& f) { return std::optional(f.positive); }},
    {"apgr", 3, [](const Figures& f) { return f.apgr; }},
    {"apgr10", 3, [](const Figures& f) { return f.apgr_deciles; }},
    {"cpt50", 1, [](const Figures& f) { return std::optional(f.cpt50); }},
    {"cpt80", 1, [](const Figures& f) { return std::optional(f.cpt80); }},
    {"cpt95", 1, [](const Figures& f) { return std::optional(f.cpt95); }},
    {"cpt50_rl", 1, [](const Figures& f) { return std::optional(f.cpt50_deciles); }},
    {"cpt80_rl", 1, [](const Figures& f) { return std::optional(f.cpt80_deciles); }},
    {"auroc", 3, [](const Figures& f) { return f.auroc; }},
    {"saveQ95", 1, [](const Figures& f) { return f.saved95; }},
    {"saveQ99", 1, [](const Figures& f) { return f.saved99; }},
    {"saveQ100", 1, [](const Figures& f) { return f.saved100; }},
    {"saveR95", 1, [](const Figures& f) { return f.flat95; }},
    {"saveR99", 1, [](const Figures& f) { return f.flat99; }},
    {"saveR100", 1, [](const Figures& f) { return f.flat100; }},
};

GroupFigures FiguresOf(std::string name, const Rows& rows, const EvaluationOptions& options) {
  GroupFigures group{std::move(name), Judge(rows.outcomes, rows.scores, options.price_ratio), {}};
  if (options.bootstrap > 0) {
    group.apgr_interval = ApgrInterval(rows.outcomes, rows.scores, options.bootstrap);
  }
  return group;
}

void Add(const Outcome& outcome, double score, Rows* rows) {
  rows->outcomes.push_back(outcome);
  rows->scores.push_back(score);
}

}  // namespace

std::vector<GroupFigures> Evaluate(std::span<const Example> examples,
                                   std::span<const double> scores,
                                   const EvaluationOptions& options) {
  std::map<std::string, Rows, std::less<>> groups;
  Rows pooled;
  for (size_t i = 0; i < examples.size(); ++i) {
    if (!examples[i].outcome) continue;
    const std::string_view name = examples[i].Group(options.by);
    Add(*examples[i].outcome, scores[i], &groups[std::string(name.empty() ? "?" : name)]);
    Add(*examples[i].outcome, scores[i], &pooled);
  }
  std::vector<GroupFigures> result;
  std::vector<Figures> each;
  for (auto& [name, rows] : groups) {
    if (rows.outcomes.size() < kSmallestGroup) continue;
    result.push_back(FiguresOf(name, rows, options));
    each.push_back(result.back().figures);
  }
  if (result.size() > 1) result.push_back({"macro", Mean(each), {}});
  if (result.size() != 1 && !pooled.outcomes.empty()) {
    result.push_back(FiguresOf("pooled", pooled, options));
  }
  return result;
}

std::string EvaluationTable(std::span<const GroupFigures> groups) {
  constexpr size_t kName = 18;
  std::string text = fmt::format("{:<{}} {:>8}", "group", kName, "n");
  for (const Column& column : kColumns) text += fmt::format(" {:>8}", column.name);
  text += '\n';
  for (const GroupFigures& group : groups) {
    text += fmt::format("{:<{}} {:>8}", group.name.substr(0, kName), kName, group.figures.rows);
    for (const Column& column : kColumns) {
      const std::optional<double> value = column.value(group.figures);
      text +=
          value ? fmt::format(" {:>8.{}f}", *value, column.decimals) : fmt::format(" {:>8}", "-");
    }
    if (group.apgr_interval) {
      text += fmt::format("  apgr 95 % {:.3f}..{:.3f}", group.apgr_interval->first,
                          group.apgr_interval->second);
    }
    text += '\n';
  }
  return text;
}

std::string EvaluationJson(std::span<const GroupFigures> groups) {
  std::string text;
  json::Writer writer(&text);
  const auto number = [&](std::string_view name, std::optional<double> value) {
    writer.Key(name);
    if (value) {
      writer.Double(*value, 9);
    } else {
      writer.Null();
    }
  };
  writer.BeginObject();
  for (const GroupFigures& group : groups) {
    writer.Key(group.name);
    writer.BeginObject();
    writer.Key("n");
    writer.Uint(group.figures.rows);
    for (const Column& column : kColumns) number(column.name, column.value(group.figures));
    if (group.apgr_interval) {
      number("apgr_lo", group.apgr_interval->first);
      number("apgr_hi", group.apgr_interval->second);
    }
    writer.EndObject();
  }
  writer.EndObject();
  return text;
}

}  // namespace weir::learn
