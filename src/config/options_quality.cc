#include "config/options.h"
#include "config/parse.h"
#include "config/quality_settings.h"

namespace weir::config {

Result<double> PercentOrShare(Reader& reader, const Node& node) {
  WEIR_TRY(const std::string text, reader.Text(node));
  if (!text.ends_with('%')) return reader.Share(node);
  Node number = node;
  number.text.pop_back();
  const auto refuse = [&] {
    return reader.Refuse(node, "is not a share such as 1% or 0.01, at most 100%");
  };
  double percent = 0;
  const char* end = number.text.data() + number.text.size();
  const auto [stopped, error] = std::from_chars(number.text.data(), end, percent);
  if (error != std::errc() || stopped != end || !(percent >= 0) || percent > 100) return refuse();
  return percent / 100;
}

namespace {

Result<void> ReadSample(Reader& reader, const Node& node, QualitySettings& quality) {
  WEIR_TRY(quality.sample, PercentOrShare(reader, node));
  if (quality.sample > 0) return {};
  return reader.At(node.mark, "a sample of nothing measures nothing; leave `quality` out instead");
}

Result<void> ReadJudge(Reader& reader, const Node& node, QualitySettings& quality) {
  WEIR_TRY(quality.judge, reader.NameOf(node));
  return {};
}

Result<void> ReadQualityBudget(Reader& reader, const Node& node, QualitySettings& quality) {
  WEIR_TRY(quality.budget, ReadBudget(reader, node));
  return {};
}

Result<void> ReadQualityFloor(Reader& reader, const Node& node, QualitySettings& quality) {
  WEIR_TRY(quality.floor, PercentOrShare(reader, node));
  if (*quality.floor > 0) return {};
  return reader.At(node.mark, "a floor of 0 promises nothing; more than 0 and at most 1");
}

constexpr Option<QualitySettings> kQualityOptions[] = {
    {"sample", "share of requests that are asked again at the baseline, such as 1%", ReadSample},
    {"tiers",
     "the tiers that are measured; default all but the dearest. A floor's models are all measured",
     Set<&Reader::Names, &QualitySettings::tiers>},
    {"judge", "the model that compares two answers, blind and in both orders", ReadJudge},
    {"budget", "{usd, per: day | month | total} of what measuring may cost; default no bound",
     ReadQualityBudget},
    {"floor", "least share of answers as good or better; default the route's floor, else 0.95",
     ReadQualityFloor},
    {"act", "whether verdicts decide what a tier or a floor's model may answer; default true",
     Set<&Reader::Bool, &QualitySettings::act>},
};

}  // namespace

Result<void> ReadQuality(Reader& reader, const Node& node, RouteSettings& route) {
  route.quality.emplace();
  WEIR_CHECK_OK(ReadSection<QualitySettings>(reader, node, kQualityOptions, *route.quality));
  for (const std::string_view key : {"sample", "judge"}) {
    if (node.FindKey(key) == nullptr) {
      return reader.At(node.mark, fmt::format("`{}` is missing", key));
    }
  }
  return {};
}

void AppendQualityDocs(std::vector<OptionDoc>* docs) {
  AppendDocs<QualitySettings>("routes.NAME.quality.", kQualityOptions, docs);
}

}  // namespace weir::config
