// What bench_load is told: `name=value` words.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace bench {

struct LoadOptions {
  uint16_t port = 0;
  std::string path = "/v1/chat/completions";
  std::string model = "auto";
  std::string header;  // one more header line
  int connections = 1;
  double seconds = 1;
  long requests = 0;  // ends earlier, after that many; 0: no such bound
  double rate = 0;    // requests per second at even distances; 0: closed loop
  size_t bytes = 300;
  bool stream = false;
  bool hold = false;  // one request a connection, held open until stdin ends
};

inline LoadOptions ReadOptions(int argc, char** argv) {
  LoadOptions options;
  const std::map<std::string_view, std::function<void(const char*)>> known = {
      {"port", [&](const char* v) { options.port = static_cast<uint16_t>(std::atoi(v)); }},
      {"path", [&](const char* v) { options.path = v; }},
      {"model", [&](const char* v) { options.model = v; }},
      {"header", [&](const char* v) { options.header = v; }},
      {"connections", [&](const char* v) { options.connections = std::atoi(v); }},
      {"seconds", [&](const char* v) { options.seconds = std::atof(v); }},
      {"requests", [&](const char* v) { options.requests = std::atol(v); }},
      {"rate", [&](const char* v) { options.rate = std::atof(v); }},
      {"bytes", [&](const char* v) { options.bytes = static_cast<size_t>(std::atol(v)); }},
      {"stream", [&](const char* v) { options.stream = *v == '1'; }},
      {"hold", [&](const char* v) { options.hold = *v == '1'; }},
  };
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const size_t equals = word.find('=');
    const auto option = known.find(word.substr(0, equals));
    if (equals == std::string_view::npos || option == known.end()) {
      std::fprintf(stderr, "bench_load: `%s` is none of:", argv[i]);
      for (const auto& [name, set] : known) std::fprintf(stderr, " %s=", name.data());
      std::fprintf(stderr, "\n");
      std::exit(2);
    }
    option->second(argv[i] + equals + 1);
  }
  return options;
}

// A chat request of about `options.bytes` bytes of prose.
inline std::string RequestBytes(const LoadOptions& options) {
  constexpr std::string_view kProse = "the river runs past the mill and over the low wall ";
  std::string text;
  while (text.size() + 110 < options.bytes) text += kProse;
  text += "in";
  const std::string body = R"({"model":")" + options.model + R"(",)" +
                           (options.stream ? R"("stream":true,)" : "") +
                           R"("messages":[{"role":"user","content":")" + text + R"("}]})";
  return "POST " + options.path +
         " HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
         "authorization: Bearer sk-bench\r\nuser-agent: bench\r\naccept: */*\r\n" +
         (options.header.empty() ? "" : options.header + "\r\n") +
         "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace bench
