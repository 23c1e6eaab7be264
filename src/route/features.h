// What signals and classifiers look at: computed once a request, lazily where it costs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "chat/request.h"

namespace weir::route {

class Features {
 public:
  // Views into `request` must outlive the Features.
  explicit Features(const chat::Request& request) : request_(&request) {}

  const chat::Request& request() const { return *request_; }
  std::string_view last_user() const { return request_->last_user; }
  // Python's str.lower() of last_user: full Unicode lower-casing with its final-sigma rule.
  const std::string& last_user_lower() const;
  int64_t last_user_code_points() const;

 private:
  const chat::Request* request_;
  mutable std::string lower_;
  mutable bool lowered_ = false;
  mutable int64_t code_points_ = -1;
};

}  // namespace weir::route
