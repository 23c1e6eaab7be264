#include "app/experiment.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "json/write.h"
#include "quality/count_interval.h"
#include "quality/mean_interval.h"

namespace weir::app {
namespace {

using ledger::ArmFigures;
using quality::Interval;

constexpr double kAlpha = 0.05;   // of all intervals together
constexpr double kMargin = 0.02;  // of "as good or better": closer than that is no difference
constexpr double kMonthMicros = 30.44 * 86'400e6;

struct Judged {
  const ArmFigures* arm = nullptr;
  Interval good, cost;  // share as good or better; nano-dollars a request
  double cost_mean = 0;
  bool has_verdicts() const { return arm->wins + arm->ties + arm->losses > 0; }
};

// `arms` of them are held against one another, each by two intervals.
Judged Judge(const ArmFigures& arm, size_t arms) {
  const double alpha = kAlpha / (2 * static_cast<double>(arms));
  Judged judged{&arm, {}, {}, 0};
  const int64_t good = arm.wins + arm.ties;
  judged.good = quality::CountInterval(good, good + arm.losses, alpha);
  const auto sum = static_cast<double>(arm.good_cost.nano);
  const int64_t served = arm.requests - arm.failed;
  judged.cost = quality::MeanInterval(served, sum, arm.good_squares, alpha);
  if (served > 0) judged.cost_mean = sum / static_cast<double>(served);
  return judged;
}

const ArmFigures& ControlOf(const ledger::ExperimentFigures& figures) {
  for (const ArmFigures& arm : figures.arms) {
    if (arm.arm == "control") return arm;
  }
  return figures.arms.front();
}

// -1: surely worse than the control, 1: surely better, 0: not told apart yet; of two intervals.
int Compare(const Interval& arm, const Interval& control) {
  if (arm.low > control.high) return 1;
  return arm.high < control.low ? -1 : 0;
}

struct Comparison {
  int quality = 0;                                  // as Compare()
  bool as_good = false;                             // surely no worse by more than kMargin
  int cost = 0;                                     // 1: surely cheaper
  double month_low = 0, month = 0, month_high = 0;  // USD saved a month, at the traffic seen
  bool stop() const { return quality != 0 || (as_good && cost != 0); }
};

Comparison Hold(const Judged& arm, const Judged& control, double requests_a_month) {
  Comparison result;
  if (arm.has_verdicts() && control.has_verdicts()) {
    result.quality = Compare(arm.good, control.good);
    result.as_good = arm.good.low > control.good.high - kMargin;
  }
  result.cost = -Compare(arm.cost, control.cost);
  constexpr double kNano = 1e-9;
  result.month = (control.cost_mean - arm.cost_mean) * requests_a_month * kNano;
  result.month_low = (control.cost.low - arm.cost.high) * requests_a_month * kNano;
  result.month_high = (control.cost.high - arm.cost.low) * requests_a_month * kNano;
  return result;
}

// What was seen in less than an hour is taken for an hour's.
double RequestsAMonth(const ledger::ExperimentFigures& figures) {
  constexpr WallMicros kHour = 3'600'000'000;
  int64_t requests = 0;
  for (const ArmFigures& arm : figures.arms) requests += arm.requests;
  const auto seen = static_cast<double>(std::max(figures.last - figures.first, kHour));
  return static_cast<double>(requests) * kMonthMicros / seen;
}

double FailedShare(const ArmFigures& arm) {
  return arm.requests == 0 ? 0
                           : static_cast<double>(arm.failed) / static_cast<double>(arm.requests);
}

std::string Sentence(const Judged& arm, const Judged& control, const Comparison& held) {
  const std::string& name = arm.arm->arm;
  const std::string cost = held.cost == 0   ? "its cost is not told apart from the control's yet"
                           : held.cost == 1 ? "it is surely cheaper"
                                            : "it is surely dearer";
  std::string good = "no verdicts say how good it is";
  if (arm.has_verdicts() && control.has_verdicts()) {
    good = held.quality == 1    ? "its answers are surely better"
           : held.quality == -1 ? "its answers are surely worse"
           : held.as_good       ? "its answers are no worse by more than 2 points"
                                : "how good its answers are beside the control's is open";
  }
  const bool fails = FailedShare(*arm.arm) > FailedShare(*control.arm) + kMargin;
  return fmt::format("{}: {}; {}.{} {}", name, good, cost,
                     fails ? " It fails more often: look at that first." : "",
                     held.stop() && !fails ? "This is sure enough to stop." : "Go on.");
}

std::string Ms(int64_t micros) {
  return micros < 0 ? "-" : fmt::format("{}", micros / 1000);
}

}  // namespace

std::string ExperimentText(const ledger::ExperimentFigures& figures) {
  if (figures.arms.empty()) {
    return fmt::format("no request of an experiment `{}` in that time\n", figures.name);
  }
  std::string text = fmt::format(
      "experiment {}, {} to {}\n\n{:<16} {:>9} {:>7} {:>14} {:>30} {:>9} {:>24} {:>8}\n",
      figures.name, FormatWall(figures.first), FormatWall(figures.last), "arm", "requests",
      "failed", "spent $", "$ a 1000 answers", "p50 ms", "as good or better %", "rating");
  for (const ArmFigures& arm : figures.arms) {
    const Judged judged = Judge(arm, figures.arms.size());
    const std::string cost = fmt::format("{:.4f} [{:.4f}, {:.4f}]", judged.cost_mean * 1e-6,
                                         judged.cost.low * 1e-6, judged.cost.high * 1e-6);
    const int64_t verdicts = arm.wins + arm.ties + arm.losses;
    const std::string good = verdicts == 0
                                 ? "-"
                                 : fmt::format("{:.1f} [{:.1f}, {:.1f}]",
                                               100.0 * static_cast<double>(arm.wins + arm.ties) /
                                                   static_cast<double>(verdicts),
                                               100 * judged.good.low, 100 * judged.good.high);
    const std::string rating =
        arm.ratings == 0
            ? "-"
            : fmt::format("{:+.2f}", arm.rating_sum / static_cast<double>(arm.ratings));
    text +=
        fmt::format("{:<16} {:>9} {:>7} {:>14} {:>30} {:>9} {:>24} {:>8}\n", arm.arm, arm.requests,
                    arm.failed, FormatUsd(arm.cost), cost, Ms(arm.total_p50), good, rating);
  }
  text += "\n";
  const ArmFigures& control_arm = ControlOf(figures);
  const Judged control = Judge(control_arm, figures.arms.size());
  for (const ArmFigures& arm : figures.arms) {
    if (&arm == &control_arm) continue;
    const Judged judged = Judge(arm, figures.arms.size());
    const Comparison held = Hold(judged, control, RequestsAMonth(figures));
    text += Sentence(judged, control, held) + "\n";
    text += fmt::format(
        "  for all of this traffic it would save ${:.2f} a month [{:.2f}, {:.2f}] beside {}\n",
        held.month, held.month_low, held.month_high, control_arm.arm);
  }
  return text + "\nIntervals hold at all times together (95 %): looking early changes nothing.\n";
}

std::string ExperimentJson(const ledger::ExperimentFigures& figures) {
  std::string text;
  json::Writer writer(&text);
  writer.BeginObject();
  writer.Key("experiment");
  writer.String(figures.name);
  writer.Key("arms");
  writer.BeginArray();
  const ArmFigures* control_arm = figures.arms.empty() ? nullptr : &ControlOf(figures);
  for (const ArmFigures& arm : figures.arms) {
    const Judged judged = Judge(arm, figures.arms.size()),
                 control = Judge(*control_arm, figures.arms.size());
    writer.BeginObject();
    writer.Key("arm");
    writer.String(arm.arm);
    writer.Key("control");
    writer.Bool(&arm == control_arm);
    for (const auto& [name, value] : {std::pair<std::string, int64_t>{"requests", arm.requests},
                                      {"failed", arm.failed},
                                      {"cost_nano", arm.cost.nano},
                                      {"checking_nano", arm.checking.nano},
                                      {"first_token_p50_us", arm.first_token_p50},
                                      {"total_p50_us", arm.total_p50},
                                      {"wins", arm.wins},
                                      {"ties", arm.ties},
                                      {"losses", arm.losses},
                                      {"ratings", arm.ratings}}) {
      writer.Key(name);
      writer.Int(value);
    }
    for (const auto& [name, value] : {std::pair<std::string, double>{"rating_sum", arm.rating_sum},
                                      {"as_good_low", judged.good.low},
                                      {"as_good_high", judged.good.high}}) {
      writer.Key(name);
      writer.Double(value);
    }
    if (&arm != control_arm) {
      const Comparison held = Hold(judged, control, RequestsAMonth(figures));
      writer.Key("quality");
      writer.Int(held.quality);
      writer.Key("cheaper");
      writer.Int(held.cost);
      writer.Key("stop");
      writer.Bool(held.stop());
      writer.Key("saves_usd_a_month");
      writer.Double(held.month);
    }
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return text;
}

}  // namespace weir::app
