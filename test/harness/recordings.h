// Calls that others recorded from providers of OpenAI's dialect, read where they lie.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::e2e {

struct Recording {
  std::string name;     // of the file, with its folder where stems repeat
  std::string target;   // as Weir serves it: "/v1/chat/completions"
  std::string request;  // JSON
  int status = 0;
  std::string type;  // of the answer's content
  std::string answer;
  bool stream() const { return type.starts_with("text/event-stream"); }
};

// `root` is TestDataRoot(); each in the order of file names. They throw on files of another shape.
std::vector<Recording> EnvoyRecordings(const std::string& root);
std::vector<Recording> PydanticRecordings(const std::string& root);
// Answers without their requests: these are asked for by a request of one user message, a stream
// with its usage.
std::vector<Recording> AgentGatewayRecordings(const std::string& root);
std::vector<Recording> TensorZeroRecordings(const std::string& root);

// One text for all JSON texts of one meaning: members sorted, no blanks, top-level members of
// `without` left out. A text that is not JSON is its own meaning.
std::string Meaning(std::string_view json, const std::set<std::string_view>& without = {});

}  // namespace weir::e2e
