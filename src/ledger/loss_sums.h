// Sums of what verdicts say of the loss of a request. A verdict stands for so many requests: of
// what its model could have answered 1/share, share being that of such requests that was drawn; of
// what clients got as many as make each request count once.
#pragma once

#include <cstdint>

namespace weir::ledger {

struct LossSums {
  double traffic = 0;  // requests that all verdicts stand for
  // Of them, those whose client got the judged answer. The others, of probes, lose nothing.
  double served = 0;
  double served_squares = 0;
  double net = 0;                         // of them losses less wins, as the judge said
  double decided = 0;                     // of them what is no tie
  double chance = 0, chance_traffic = 0;  // P(ok) of the baseline, where it is known
  int64_t pairs = 0, disagreements = 0;   // of the judge with itself, in both orders

  // `net_loss`: 1 for a loss, 0 for a tie, -1 for a win.
  void Add(bool is_served, int net_loss, double requests) {
    traffic += requests;
    if (!is_served) return;
    served += requests;
    served_squares += requests * requests;
    net += net_loss * requests;
    decided += net_loss == 0 ? 0 : requests;
  }
  // Another's, of the same.
  void Add(const LossSums& other) {
    traffic += other.traffic;
    served += other.served;
    served_squares += other.served_squares;
    net += other.net;
    decided += other.decided;
    chance += other.chance;
    chance_traffic += other.chance_traffic;
    pairs += other.pairs;
    disagreements += other.disagreements;
  }
  // As many equal verdicts on answers that clients got would say as much.
  double count() const { return served_squares > 0 ? served * served / served_squares : 0; }
};

}  // namespace weir::ledger
