// Which slices lose more than their floor allows. An alarm is raised by evidence and is over when
// the newest verdicts say so: at the earliest kFewestToRecover verdicts later.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "quality/slices.h"

namespace weir::quality {

// What a slice is held against.
struct Allowance {
  double floor = 0.95;
  double loss = 0;  // of a request
};

// Not thread-safe: the quality thread's. Says in the log what is raised and what is over.
class Alarms {
 public:
  static constexpr double kFewestToRecover = 100;

  // After each verdict in the slice. `braked`: the controller has just taken it from the cheaper
  // model, which is an alarm whatever else the slice says. Whether an alarm is over with it.
  bool Judge(const SliceFigures& figures, const Allowance& allowance, bool braked);
  // What was raised of the tier or of all of its route is over: what it came from is not there any
  // more.
  void Drop(std::string_view route, std::string_view tier);

  std::vector<std::string> lines() const;  // a line each, by name

 private:
  struct Alarm {
    std::string line;
    double raised_at = 0;  // in the slice's verdicts
  };
  std::map<SliceName, Alarm> alarms_;
};

}  // namespace weir::quality
