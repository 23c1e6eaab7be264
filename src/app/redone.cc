#include "app/redone.h"

#include <fmt/format.h>

#include <algorithm>

#include "json/write.h"

namespace weir::app {
namespace {

constexpr size_t kName = 20;

std::string Percent(double part, double whole) {
  return whole == 0 ? "-" : fmt::format("{:+.1f} %", 100 * part / whole);
}

std::string ChanceText(double sum, int64_t count) {
  return count == 0 ? "-" : fmt::format("{:.3f}", sum / static_cast<double>(count));
}

std::string Line(std::string_view name, const Change& change) {
  return fmt::format("{:<{}} {:>8} {:>8} {:>14} {:>14} {:>9} {:>8} {:>8}\n", name, kName,
                     change.requests, change.changed, "$" + FormatUsd(change.cost_before),
                     "$" + FormatUsd(change.cost_after),
                     Percent(static_cast<double>(change.cost_after.nano - change.cost_before.nano),
                             static_cast<double>(change.cost_before.nano)),
                     ChanceText(change.chance_before, change.judged),
                     ChanceText(change.chance_after, change.judged));
}

std::string Head(std::string_view name) {
  return fmt::format("{:<{}} {:>8} {:>8} {:>14} {:>14} {:>9} {:>8} {:>8}\n", name, kName,
                     "requests", "changed", "cost before", "after", "", "P(ok)", "after");
}

void WriteChance(std::string_view name, double sum, int64_t count, json::Writer* writer) {
  writer->Key(name);
  if (count == 0) {
    writer->Null();
  } else {
    writer->Double(sum / static_cast<double>(count));
  }
}

void WriteChange(const Change& change, json::Writer* writer) {
  writer->BeginObject();
  const std::pair<std::string_view, int64_t> counts[] = {
      {"requests", change.requests},
      {"changed", change.changed},
      {"priced", change.priced},
      {"cost_before_nano", change.cost_before.nano},
      {"cost_after_nano", change.cost_after.nano},
      {"judged", change.judged},
      {"calibrated", change.calibrated}};
  for (const auto& [name, value] : counts) {
    writer->Key(name);
    writer->Int(value);
  }
  WriteChance("p_before", change.chance_before, change.judged, writer);
  WriteChance("p_after", change.chance_after, change.judged, writer);
  writer->EndObject();
}

void WriteGroups(std::string_view name, const std::map<std::string, Change>& groups,
                 json::Writer* writer) {
  writer->Key(name);
  writer->BeginObject();
  for (const auto& [group, change] : groups) {
    writer->Key(group);
    WriteChange(change, writer);
  }
  writer->EndObject();
}

std::string Named(const std::string& name) {
  return name.empty() ? "-" : name;
}

}  // namespace

void Change::Add(const Redone& request) {
  ++requests;
  changed += request.before.model != request.after.model ? 1 : 0;
  if (request.before.cost && request.after.cost) {
    ++priced;
    cost_before = AddSaturating(cost_before, *request.before.cost);
    cost_after = AddSaturating(cost_after, *request.after.cost);
  }
  if (request.before.chance && request.after.chance) {
    ++judged;
    calibrated += request.calibrated ? 1 : 0;
    chance_before += *request.before.chance;
    chance_after += *request.after.chance;
  }
}

void Replay::Add(const Redone& request) {
  all_.Add(request);
  tiers_[Named(request.before.tier)].Add(request);
  tasks_[Named(request.task)].Add(request);
  if (request.before.model != request.after.model) {
    ++moves_[{request.before.model, request.after.model}];
  }
}

void Replay::Skip(std::string_view why) {
  ++skipped_[std::string(why)];
}

std::vector<std::pair<int64_t, std::pair<std::string, std::string>>> Replay::LargestMoves() const {
  std::vector<std::pair<int64_t, std::pair<std::string, std::string>>> largest;
  for (const auto& [move, count] : moves_) largest.emplace_back(count, move);
  std::ranges::stable_sort(largest, [](const auto& a, const auto& b) { return a.first > b.first; });
  if (largest.size() > kMostMoves) largest.resize(kMostMoves);
  return largest;
}

std::string Replay::Text() const {
  std::string text = Head("") + Line("all", all_) + "\n" + Head("tier before");
  for (const auto& [tier, change] : tiers_) text += Line(tier, change);
  text += "\n" + Head("task");
  for (const auto& [task, change] : tasks_) text += Line(task, change);
  if (!moves_.empty()) text += "\n";
  for (const auto& [count, move] : LargestMoves()) {
    text += fmt::format("{:>8}  {} -> {}\n", count, move.first, move.second);
  }
  if (all_.judged > all_.calibrated) {
    text += fmt::format("\nP(ok) of {} of {} requests is not calibrated to own labels\n",
                        all_.judged - all_.calibrated, all_.judged);
  }
  if (!skipped_.empty()) text += "\nnot decided again\n";
  for (const auto& [why, count] : skipped_) text += fmt::format("{:>8}  {}\n", count, why);
  return text;
}

std::string Replay::Json() const {
  std::string text;
  json::Writer writer(&text);
  writer.BeginObject();
  writer.Key("all");
  WriteChange(all_, &writer);
  WriteGroups("tiers", tiers_, &writer);
  WriteGroups("tasks", tasks_, &writer);
  writer.Key("moves");
  writer.BeginArray();
  for (const auto& [count, move] : LargestMoves()) {
    writer.BeginObject();
    writer.Key("from");
    writer.String(move.first);
    writer.Key("to");
    writer.String(move.second);
    writer.Key("requests");
    writer.Int(count);
    writer.EndObject();
  }
  writer.EndArray();
  writer.Key("not_redone");
  writer.BeginObject();
  for (const auto& [why, count] : skipped_) {
    writer.Key(why);
    writer.Int(count);
  }
  writer.EndObject();
  writer.EndObject();
  return text + "\n";
}

}  // namespace weir::app
