#include <simdjson.h>

#include <map>

#include "base/strings.h"
#include "test/harness/recordings.h"

namespace weir::e2e {
namespace {

std::string Written(const simdjson::dom::element& value, const std::set<std::string_view>& without);

// Two members of one name stay two.
std::string WrittenObject(const simdjson::dom::object& object,
                          const std::set<std::string_view>& without) {
  std::multimap<std::string_view, std::string> members;
  for (const auto [name, member] : object) {
    if (!without.contains(name)) members.emplace(name, Written(member, {}));
  }
  std::string text;
  for (const auto& [name, member] : members) {
    if (!text.empty()) text += ",";
    AppendJsonString(&text, name);
    text += ":" + member;
  }
  return "{" + text + "}";
}

std::string Written(const simdjson::dom::element& value,
                    const std::set<std::string_view>& without) {
  if (value.is_object()) return WrittenObject(value.get_object().value_unsafe(), without);
  if (!value.is_array()) return simdjson::minify(value);
  const simdjson::dom::array array = value.get_array().value_unsafe();
  std::string text;
  for (const simdjson::dom::element element : array) {
    if (!text.empty()) text += ",";
    text += Written(element, {});
  }
  return "[" + text + "]";
}

}  // namespace

std::string Meaning(std::string_view json, const std::set<std::string_view>& without) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(simdjson::padded_string(json)).get(root)) return std::string(json);
  return Written(root, without);
}

}  // namespace weir::e2e
