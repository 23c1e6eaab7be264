#include "quality/alarms.h"

#include <fmt/format.h>

#include "base/log.h"

namespace weir::quality {
namespace {

std::string LineOf(const SliceFigures& figures, const Allowance& allowance) {
  return fmt::format(
      "{}: lately a request loses {:.2f} % of the answers, {:.2f} % [{:.2f}, {:.2f}] over the "
      "last {:.0f} verdicts, and the floor of {:.1f} % allows {:.2f} %; {:.2f} % of the answers "
      "given are as good or better",
      Describe(figures.name), 100 * figures.recent.loss(), 100 * figures.loss,
      100 * figures.loss_interval.low, 100 * figures.loss_interval.high, figures.loss_verdicts,
      100 * allowance.floor, 100 * allowance.loss, 100 * figures.as_good);
}

}  // namespace

bool Alarms::Judge(const SliceFigures& figures, const Allowance& allowance, bool braked) {
  const auto known = alarms_.find(figures.name);
  if (known == alarms_.end()) {
    if (!braked && StandingOf(figures, allowance.loss) != Standing::kAlarm) return false;
    const std::string line = LineOf(figures, allowance);
    Log(LogLevel::kWarn, "quality: answers fall under the floor", {Field("what", line)});
    alarms_[figures.name] = {line, figures.verdicts};
    return false;
  }
  const bool long_enough = figures.verdicts - known->second.raised_at >= kFewestToRecover;
  if (!long_enough || figures.recent.loss() > allowance.loss) {
    known->second.line = LineOf(figures, allowance);
    return false;
  }
  Log(LogLevel::kInfo, "quality: the floor is kept again", {Field("what", Describe(figures.name))});
  alarms_.erase(known);
  return true;
}

void Alarms::Drop(std::string_view route, std::string_view tier) {
  std::erase_if(alarms_, [&](const auto& alarm) {
    const SliceName& name = alarm.first;
    if (name.route != route || (name.tier != tier && !name.tier.empty())) return false;
    Log(LogLevel::kInfo, "quality: an alarm is over, what it was raised for has changed",
        {Field("what", Describe(name))});
    return true;
  });
}

std::vector<std::string> Alarms::lines() const {
  std::vector<std::string> lines;
  for (const auto& [name, alarm] : alarms_) lines.push_back(alarm.line);
  return lines;
}

}  // namespace weir::quality
