#include "provider/simulated/embedding.h"

#include <cmath>

#include "base/hash.h"
#include "base/strings.h"

namespace weir::provider::simulated {
namespace {

std::vector<float> VectorOf(std::string_view text, int64_t dimensions, uint64_t seed) {
  std::vector<float> vector(static_cast<size_t>(dimensions));
  uint64_t state = Hash64(fmt::format("{}:{}", seed, text));
  double squares = 0;
  for (float& x : vector) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    x = static_cast<float>(static_cast<int64_t>(state) >> 40) + 0.5F;
    squares += static_cast<double>(x) * x;
  }
  for (float& x : vector) x = static_cast<float>(x / std::sqrt(squares));
  return vector;
}

void AppendBase64(std::string* out, std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t taken = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < taken ? static_cast<uint8_t>(bytes[i + j]) : 0);
    }
    for (size_t j = 0; j < 4; ++j) {
      *out += j <= taken ? kDigits[group >> (18 - 6 * j) & 63] : '=';
    }
  }
}

void AppendVector(std::string* out, const std::vector<float>& vector, bool base64) {
  if (!base64) {
    fmt::format_to(std::back_inserter(*out), "[{}]", fmt::join(vector, ","));
    return;
  }
  std::string bytes;
  for (const float x : vector) {
    uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xFF);
  }
  *out += '"';
  AppendBase64(out, bytes);
  *out += '"';
}

}  // namespace

std::string EmbeddingJson(const Ask& ask, uint64_t seed) {
  std::string out = R"({"object":"list","data":[)";
  for (size_t i = 0; i < ask.inputs.size(); ++i) {
    if (i > 0) out += ',';
    out += R"({"object":"embedding","index":)" + std::to_string(i) + R"(,"embedding":)";
    AppendVector(&out, VectorOf(ask.inputs[i], ask.dimensions, seed), ask.base64);
    out += '}';
  }
  out += R"(],"model":)";
  AppendJsonString(&out, ask.model);
  fmt::format_to(std::back_inserter(out),
                 R"(,"usage":{{"prompt_tokens":{0},"total_tokens":{0}}}}})", ask.prompt_tokens);
  return out;
}

}  // namespace weir::provider::simulated
