// The models of a route that share what its floor allows: their controllers together.
#pragma once

#include <span>
#include <vector>

#include "quality/floor_controller.h"

namespace weir::quality {

// Not thread-safe: the quality thread's.
class Sharing {
 public:
  // A model's saving: see Sharer. At first each has as much as the others.
  explicit Sharing(std::vector<double> savings);
  // `parts` are those of the models that stay of another set, by their places here, and 0 of those
  // that come: they have as much as an equal share each.
  Sharing(std::vector<double> savings, std::span<const double> parts);

  const std::vector<double>& parts() const { return parts_; }

  // Of the models, in their order; nullptr where nothing is known of one yet.
  using Controllers = std::span<FloorController* const>;
  // Gives them their parts.
  void Apply(Controllers controllers) const;
  // After a verdict on the model of that place, and what it changed: parts move once in a while,
  // while all are known well enough and nobody has pinned one; where a model has lost requests at
  // once, the others look anew at who answers what.
  void Learn(size_t place, std::span<const Change> changes, Controllers controllers);

 private:
  void Part(Controllers controllers);

  std::vector<double> savings_, parts_;
  int since_ = 0;  // verdicts
};

}  // namespace weir::quality
