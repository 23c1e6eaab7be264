#include "quality/sharing.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "quality/parts.h"

namespace weir::quality {
Sharing::Sharing(std::vector<double> savings)
    : savings_(std::move(savings)),
      parts_(savings_.size(), 1 / static_cast<double>(savings_.size())) {}

Sharing::Sharing(std::vector<double> savings, std::span<const double> parts)
    : Sharing(std::move(savings)) {
  const double kept = std::accumulate(parts.begin(), parts.end(), 0.0);
  const auto stay = std::ranges::count_if(parts, [](double part) { return part > 0; });
  const double room = static_cast<double>(stay) / static_cast<double>(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] > 0) parts_[i] = room * parts[i] / kept;
  }
}

void Sharing::Apply(Controllers controllers) const {
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (controllers[i] != nullptr) controllers[i]->SetPart(parts_[i], parts_.size());
  }
}

void Sharing::Learn(size_t place, std::span<const Change> changes, Controllers controllers) {
  for (const Change& change : changes) {
    for (size_t i = 0; i < controllers.size(); ++i) {
      if (i == place || controllers[i] == nullptr) continue;
      if (change.kind == Change::Kind::kFell) controllers[i]->ForgetWhoAnswers();
      if (change.kind == Change::Kind::kHeld) controllers[i]->ForgetWhoAnswers(change.task);
    }
  }
  if (parts_.size() < 2 || ++since_ < FloorController::kUpdateEvery) return;
  since_ = 0;
  Part(controllers);
}

void Sharing::Part(Controllers controllers) {
  std::vector<Sharer> sharers;
  for (size_t i = 0; i < controllers.size(); ++i) {
    if (controllers[i] == nullptr || controllers[i]->pinned()) return;
    std::optional<Sharer> sharer = controllers[i]->AsSharer(savings_[i]);
    if (!sharer) return;
    sharers.push_back(*std::move(sharer));
  }
  MoveParts(BestParts(sharers), &parts_);
  Apply(controllers);
}

}  // namespace weir::quality
