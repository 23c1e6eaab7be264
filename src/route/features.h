// What signals, rules and classifiers look at: computed once a request, lazily where it costs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "chat/request.h"

namespace weir::route {

// Of a longer text the user's rules see this many bytes: the first and the last half, a newline
// between.
inline constexpr size_t kRuleTextBytes = 16 << 10;

// One request on one thread.
class Features {
 public:
  // `request` and the texts it points to must outlive the Features.
  explicit Features(const chat::Request& request) : request_(&request) {}
  Features(const Features&) = delete;
  Features& operator=(const Features&) = delete;

  const chat::Request& request() const { return *request_; }
  std::string_view last_user() const { return request_->last_user; }
  int64_t last_user_code_points() const;
  // What a rule with `on: last_user` / `on: all` is matched against; at most kRuleTextBytes + 1.
  std::string_view last_user_for_rules() const;
  std::string_view all_text_for_rules() const;

 private:
  const chat::Request* request_;
  mutable int64_t code_points_ = -1;
  mutable std::string last_user_cut_;
  mutable std::string all_text_cut_;
};

// Characters of a UTF-8 text: every byte that is not a continuation byte.
int64_t CountCodePoints(std::string_view text);

}  // namespace weir::route
