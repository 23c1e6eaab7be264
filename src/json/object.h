// A small JSON object read member by member, for what is not on the hot path: admin requests, lines
// of `weir score`, tests. Nested objects come out as raw JSON and can be read the same way.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/scan.h"

namespace weir::json {

class Object {
 public:
  static constexpr size_t kMaxMembers = 256;  // more is kBadRequest

  // kInvalidJson when `text` is not one whole JSON object or names a member twice. Keeps a copy.
  static Result<Object> Parse(std::string_view text);

  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  Kind KindOf(std::string_view name) const;  // kNone when missing
  // The member's bytes as written; empty when missing.
  std::string_view Raw(std::string_view name) const;
  std::vector<std::string_view> Names() const;

  // kBadRequest naming the member when it is there with another type. Missing or null: nullopt.
  Result<std::optional<std::string>> String(std::string_view name) const;
  Result<std::optional<int64_t>> Int(std::string_view name) const;
  Result<std::optional<double>> Double(std::string_view name) const;
  Result<std::optional<bool>> Bool(std::string_view name) const;
  // kBadRequest when missing, null or of another type.
  Result<std::string> RequiredString(std::string_view name) const;

 private:
  struct Member {
    std::string name;
    Kind kind = Kind::kNone;
    Span span;
  };

  const Member* Find(std::string_view name) const;
  const Member* FindValue(std::string_view name) const;  // null counts as missing

  std::string text_;
  std::vector<Member> members_;
};

// The elements of a JSON array as raw JSON, in order, viewing into `text`.
Result<std::vector<std::string_view>> Elements(std::string_view text);

}  // namespace weir::json
