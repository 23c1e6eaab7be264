// The net loss that the last verdicts say, of a task type or of all: for seeing soon that a model
// has become worse.
#pragma once

namespace weir::quality {

class RecentLoss {
 public:
  static constexpr double kWindow = 150;  // verdicts; it holds up to twice as many

  // `cheap`: whether the cheaper model is meant to answer such a request.
  void Add(bool cheap, double net, double traffic, double weight);
  double count() const { return older_.count; }  // of the cheap ones
  // A request, whoever answers it: what is answered cheaply and loses.
  double loss() const { return Share() * Mean(); }
  double error() const;

 private:
  struct Sums {
    double count = 0, net = 0, square = 0;  // of the cheap ones
    double cheap_traffic = 0, traffic = 0;
    void Add(bool cheap, double net, double traffic, double weight);
  };
  double Share() const { return older_.traffic > 0 ? older_.cheap_traffic / older_.traffic : 0; }
  double Mean() const { return older_.count > 0 ? older_.net / older_.count : 0; }

  Sums older_, younger_;
};

}  // namespace weir::quality
