// Frames byte streams as Weir does, for a comparison with other parsers (clients/framing.test.mjs).
// stdin: each stream behind its size in 4 bytes, little-endian. stdout: a line of JSON for each,
// {"end": "waiting" | "refused" | "closed", "requests": [[method, target, minor version, [name,
// value, …], body], …]}, in which a character stands for a byte.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <string>

#include "testing/framing.h"

namespace weir {
namespace {

void AppendBytes(std::string* out, std::string_view bytes) {
  *out += '"';
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      *out += c;
    } else {
      fmt::format_to(std::back_inserter(*out), "\\u{:04x}", byte);
    }
  }
  *out += '"';
}

void AppendRequest(std::string* out, const FramedRequest& request) {
  *out += '[';
  AppendBytes(out, request.method);
  AppendBytes(&(*out += ','), request.target);
  fmt::format_to(std::back_inserter(*out), ",{},[", request.minor_version);
  const char* comma = "";
  for (const auto& [name, value] : request.headers) {
    AppendBytes(&(*out += std::exchange(comma, ",")), name);
    AppendBytes(&(*out += ','), value);
  }
  AppendBytes(&(*out += "],"), request.body);
  *out += ']';
}

std::string AsJson(const FramedStream& framed) {
  constexpr std::array<std::string_view, 3> kEnds = {"waiting", "refused", "closed"};
  std::string out =
      fmt::format(R"({{"end":"{}","requests":[)", kEnds[static_cast<size_t>(framed.end)]);
  const char* comma = "";
  for (const FramedRequest& request : framed.requests) {
    AppendRequest(&(out += std::exchange(comma, ",")), request);
  }
  return out + "]}\n";
}

bool ReadStream(std::string* bytes) {
  std::array<uint8_t, 4> size{};
  if (std::fread(size.data(), 1, size.size(), stdin) != size.size()) return false;
  bytes->resize(size[0] | size[1] << 8 | size[2] << 16 | static_cast<uint32_t>(size[3]) << 24);
  return std::fread(bytes->data(), 1, bytes->size(), stdin) == bytes->size();
}

int Run() {
  Framer framer;
  for (std::string bytes; ReadStream(&bytes);) {
    const std::string line = AsJson(framer.Frame(bytes, bytes.size() + 1));
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) return 1;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace weir

int main() {
  return weir::Run();
}
