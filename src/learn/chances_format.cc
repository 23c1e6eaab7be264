#include <fmt/format.h>

#include "json/write.h"
#include "learn/chances.h"

namespace weir::learn {
namespace {

std::string ReliabilityTable(const ModelCalibration& all) {
  std::string text =
      fmt::format("\n{:<12} {:>7} {:>6} {:>6}   ({})\n", "P(ok)", "n", "said", "found", all.model);
  for (size_t b = 0; b < kBins; ++b) {
    const ModelCalibration::Bin& bin = all.bins[b];
    const std::string range = fmt::format("{:.1f} to {:.1f}", b / 10.0, (b + 1) / 10.0);
    text += fmt::format("{:<12} {:>7}", range, bin.rows);
    text += bin.rows == 0 ? "      -      -\n"
                          : fmt::format(" {:>6.3f} {:>6.3f}\n", bin.said, bin.found);
  }
  return text;
}

std::string AiqText(const Aiq& aiq) {
  return fmt::format(
      "\nAIQ {:.4f} of {} prompts and {} models at ${:.6f} to ${:.6f} a prompt; always one model "
      "{:.4f}, oracle {:.4f}\n",
      aiq.router, aiq.rows, aiq.models, aiq.low_cost, aiq.high_cost, aiq.singles, aiq.oracle);
}

void WriteBins(const ModelCalibration& model, json::Writer* writer) {
  writer->Key("bins");
  writer->BeginArray();
  for (const ModelCalibration::Bin& bin : model.bins) {
    writer->BeginObject();
    writer->Key("n");
    writer->Uint(bin.rows);
    writer->Key("said");
    writer->Double(bin.said, 9);
    writer->Key("found");
    writer->Double(bin.found, 9);
    writer->EndObject();
  }
  writer->EndArray();
}

void WriteModel(const ModelCalibration& model, json::Writer* writer) {
  writer->Key(model.model);
  writer->BeginObject();
  writer->Key("n");
  writer->Uint(model.rows);
  writer->Key("basis");
  writer->String(BasisName(model.basis));
  writer->Key("labels");
  writer->Uint(model.labels);
  const std::pair<std::string_view, double> figures[] = {
      {"said", model.said}, {"found", model.found}, {"ece", model.ece}, {"brier", model.brier}};
  for (const auto& [name, value] : figures) {
    writer->Key(name);
    writer->Double(value, 9);
  }
  WriteBins(model, writer);
  writer->EndObject();
}

void WriteAiq(const Aiq& aiq, json::Writer* writer) {
  writer->BeginObject();
  writer->Key("n");
  writer->Uint(aiq.rows);
  writer->Key("models");
  writer->Uint(aiq.models);
  const std::pair<std::string_view, double> figures[] = {{"router", aiq.router},
                                                         {"singles", aiq.singles},
                                                         {"oracle", aiq.oracle},
                                                         {"low_cost", aiq.low_cost},
                                                         {"high_cost", aiq.high_cost}};
  for (const auto& [name, value] : figures) {
    writer->Key(name);
    writer->Double(value, 9);
  }
  writer->EndObject();
}

}  // namespace

std::string ChancesTable(const ChanceFigures& figures) {
  if (figures.models.empty()) return {};
  constexpr size_t kName = 36;
  std::string text = fmt::format("\n{:<{}} {:>7} {:<8} {:>6} {:>6} {:>6} {:>6} {:>6}\n", "P(ok) of",
                                 kName, "n", "basis", "labels", "said", "found", "ece", "brier");
  for (const ModelCalibration& model : figures.models) {
    const bool all = &model == &figures.models.back();
    text +=
        fmt::format("{:<{}} {:>7} {:<8} {:>6} {:>6.3f} {:>6.3f} {:>6.3f} {:>6.3f}\n",
                    model.model.substr(0, kName), kName, model.rows,
                    all ? "" : BasisName(model.basis), all ? "" : fmt::format("{}", model.labels),
                    model.said, model.found, model.ece, model.brier);
  }
  text += ReliabilityTable(figures.models.back());
  if (figures.aiq) text += AiqText(*figures.aiq);
  return text;
}

std::string ChancesMembers(const ChanceFigures& figures) {
  std::string text;
  json::Writer writer(&text);
  writer.BeginObject();
  writer.Key("calibration");
  writer.BeginObject();
  for (const ModelCalibration& model : figures.models) WriteModel(model, &writer);
  writer.EndObject();
  writer.Key("aiq");
  if (figures.aiq) {
    WriteAiq(*figures.aiq, &writer);
  } else {
    writer.Null();
  }
  writer.EndObject();
  return text.substr(1, text.size() - 2);
}

}  // namespace weir::learn
