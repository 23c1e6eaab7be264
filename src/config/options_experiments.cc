#include "config/options.h"
#include "config/parse.h"
#include "config/quality_settings.h"

namespace weir::config {
namespace {

constexpr size_t kMostArms = 16;

Result<void> ReadArmRoute(Reader& reader, const Node& node, ArmSettings& arm) {
  WEIR_TRY(arm.route, reader.NameOf(node));
  return {};
}

Result<void> ReadArmShare(Reader& reader, const Node& node, ArmSettings& arm) {
  WEIR_TRY(arm.share, PercentOrShare(reader, node));
  return {};
}

constexpr Option<ArmSettings> kArmOptions[] = {
    {"route", "the route whose policy answers; default this one's own", ReadArmRoute},
    {"share", "of the conversations, such as 50%; default what the others leave, evenly",
     ReadArmShare},
};

constexpr Word kBys[] = {{"session"}, {"user"}};  // in the order of By

Result<void> ReadBy(Reader& reader, const Node& node, ExperimentSettings& experiment) {
  WEIR_TRY(const size_t index, reader.Choice(node, kBys));
  experiment.by = static_cast<ExperimentSettings::By>(index);
  return {};
}

Result<void> ReadArms(Reader& reader, const Node& node, ExperimentSettings& experiment) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{control: {}, cheaper: {route: auto-cheaper}}"));
  double sum = 0;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    WEIR_CHECK_OK(reader.CheckName(node.keys[i]));
    Reader::Step step(reader, node.keys[i].text);
    ArmSettings arm{node.keys[i], {}, {}};
    WEIR_CHECK_OK(ReadSection<ArmSettings>(reader, node.items[i], kArmOptions, arm));
    sum += arm.share.value_or(0);
    if (sum > 1 + 1e-9) return reader.At(node.keys[i].mark, "the shares are more than 100 %");
    experiment.arms.push_back(std::move(arm));
  }
  if (experiment.arms.size() >= 2 && experiment.arms.size() <= kMostArms) return {};
  return reader.At(node.mark, "an experiment compares 2 to 16 arms");
}

constexpr Option<ExperimentSettings> kExperimentOptions[] = {
    {"by", "what stays with its arm: session (each conversation) or user; default session", ReadBy},
    {"arms", "what is compared, by name", ReadArms},
};

}  // namespace

// One at a time, so that what is seen has one cause.
Result<void> ReadExperiments(Reader& reader, const Node& node, RouteSettings& route) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{cheaper: {arms: {control: {}, cheaper: {route: …}}}}"));
  if (node.keys.size() != 1) {
    return reader.At(node.mark, "a route has one experiment at a time");
  }
  WEIR_CHECK_OK(reader.CheckName(node.keys[0]));
  Reader::Step step(reader, node.keys[0].text);
  ExperimentSettings& experiment = route.experiment.emplace();
  experiment.name = node.keys[0];
  WEIR_CHECK_OK(
      ReadSection<ExperimentSettings>(reader, node.items[0], kExperimentOptions, experiment));
  if (!experiment.arms.empty()) return {};
  return reader.At(node.keys[0].mark, "`arms` is missing");
}

void AppendExperimentDocs(std::vector<OptionDoc>* docs) {
  AppendDocs<ExperimentSettings>("routes.NAME.experiments.NAME.", kExperimentOptions, docs);
  AppendDocs<ArmSettings>("routes.NAME.experiments.NAME.arms.NAME.", kArmOptions, docs);
}

}  // namespace weir::config
