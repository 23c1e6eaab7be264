#include "provider/simulated/sample.h"

#include <simdjson.h>

#include "base/strings.h"

namespace weir::provider::simulated {
namespace {

using simdjson::dom::element;

constexpr int kMaxDepth = 24;
constexpr size_t kMaxBytes = 64 << 10;

class Sampler {
 public:
  explicit Sampler(const element& root) : root_(root) {}

  void Append(element schema, int depth) {
    if (depth > kMaxDepth || out_.size() > kMaxBytes) {
      out_ += "null";
      return;
    }
    if (!AppendGiven(schema, depth)) AppendTyped(schema, depth);
  }
  std::string Take() { return std::move(out_); }

 private:
  // A value or a schema that the schema itself hands over.
  bool AppendGiven(element schema, int depth) {
    element found;
    if (!schema["const"].get(found) || !schema["enum"].at(0).get(found)) {
      out_ += simdjson::minify(found);
      return true;
    }
    std::string_view reference;
    if (!schema["$ref"].get(reference)) {
      const bool known =
          reference.starts_with("#") && !root_.at_pointer(reference.substr(1)).get(found);
      if (known) Append(found, depth + 1);
      return known;
    }
    for (const char* choice : {"anyOf", "oneOf", "allOf"}) {
      if (!schema[choice].at(0).get(found)) {
        Append(found, depth + 1);
        return true;
      }
    }
    return false;
  }

  void AppendTyped(element schema, int depth) {
    const std::string_view type = TypeOf(schema);
    if (type == "object") {
      AppendObject(schema, depth);
    } else if (type == "array") {
      element items;
      out_ += '[';
      if (!schema["items"].get(items)) Append(items, depth + 1);
      out_ += ']';
    } else if (type == "integer" || type == "number") {
      out_ += '1';
    } else if (type == "boolean") {
      out_ += "true";
    } else if (type == "null") {
      out_ += "null";
    } else {
      out_ += "\"simulated\"";
    }
  }

  void AppendObject(element schema, int depth) {
    out_ += '{';
    simdjson::dom::object properties;
    if (!schema["properties"].get(properties)) {
      bool first = true;
      for (auto property : properties) {
        if (!first) out_ += ',';
        first = false;
        AppendJsonString(&out_, property.key);
        out_ += ':';
        Append(property.value, depth + 1);
      }
    }
    out_ += '}';
  }

  static std::string_view TypeOf(element schema) {
    std::string_view type;
    if (!schema["type"].get(type) || !schema["type"].at(0).get(type)) return type;
    element properties;
    return schema["properties"].get(properties) ? "string" : "object";
  }

  const element& root_;
  std::string out_;
};

}  // namespace

std::string SampleOf(const element& schema, const element& root) {
  Sampler sampler(root);
  sampler.Append(schema, 0);
  return sampler.Take();
}

}  // namespace weir::provider::simulated
