// Requests of a given size for the micro benchmarks: prose that never repeats a line, fixed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::bench {

inline std::string Prose(size_t bytes) {
  constexpr std::array<std::string_view, 24> kWords = {
      "the",   "river", "runs",  "past",     "an",    "old",   "mill",   "and",
      "when",  "rain",  "falls", "Maria",    "opens", "its",   "gates;", "then",
      "water", "takes", "each",  "channel,", "low",   "walls", "hold.",  "12"};
  std::string text;
  uint32_t state = 1;
  while (text.size() < bytes) {
    state = state * 1664525 + 1013904223;
    text += kWords[(state >> 16) % kWords.size()];
    text += (state >> 28) == 0 ? "\\n" : " ";
  }
  text.resize(bytes);
  if (text.back() == '\\') text.back() = '.';
  return text;
}

// A chat request whose only message has a prompt of `bytes` bytes; `padding` readable bytes follow.
inline std::string ChatBody(size_t bytes, size_t padding) {
  std::string body = R"({"model":"auto","temperature":0.2,"messages":[{"role":"user","content":")" +
                     Prose(bytes) + R"("}]})";
  body.reserve(body.size() + padding);
  return body;
}

}  // namespace weir::bench
