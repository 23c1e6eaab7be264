// Reads typed values out of a Node tree and says where one is wrong. It keeps the path of keys it
// walks, so that an error is "file:line:col: providers.a.retries: MESSAGE". Text that came from the
// environment is never shown, `${NAME}` is.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "base/secret.h"
#include "config/node.h"
#include "config/settings.h"

namespace weir::config {

// A word that a setting may have. `later`: it is known but not built yet, and this is what it
// means.
struct Word {
  std::string_view word;
  std::string_view later = {};
};

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  Error At(Mark mark, std::string_view message) const;  // with the path
  Error Refuse(const Node& node, std::string_view message) const;
  Error NotBuilt(Mark mark, std::string_view meaning) const;
  void Warn(Mark mark, std::string_view message);
  // A secret that stands in the file itself: a warning that names the variable to use instead.
  void WarnAboutClearSecret(const Node& node, std::string_view owner);

  Result<std::string> Text(const Node& node) const;  // not empty
  // One that errors and tables show as it is: at most 1,000 bytes, no control characters.
  Result<std::string> Line(const Node& node) const;
  Result<bool> Bool(const Node& node) const;
  Result<int64_t> Integer(const Node& node, int64_t min, int64_t max) const;
  Result<uint64_t> Unsigned(const Node& node) const;
  Result<double> Share(const Node& node) const;  // plain decimal, 0..1
  Result<milliseconds> Duration(const Node& node) const;
  Result<milliseconds> DurationOrZero(const Node& node) const;
  Result<int64_t> Size(const Node& node, int64_t min, int64_t max) const;
  Result<int64_t> Tokens(const Node& node) const;
  Result<Price> PriceOf(const Node& node) const;
  Result<NanoUsd> UsdOf(const Node& node) const;
  Result<HostPort> Address(const Node& node) const;
  Result<Url> UrlOf(const Node& node) const;
  Result<RedisSettings> RedisUrlOf(const Node& node) const;
  Result<Secret> SecretOf(const Node& node) const;  // visible ASCII; never shown
  // A name of a provider, model, route, tier or rule: it travels in headers, ids and log lines.
  Result<Name> NameOf(const Node& node) const;
  Result<std::vector<Name>> Names(const Node& node) const;  // a list, no name twice
  Result<void> CheckName(const Name& name) const;
  // Index of the node's text in `words`; "did you mean" and "not built yet" otherwise.
  Result<size_t> Choice(const Node& node, std::span<const Word> words) const;

  // Errors when it is not a list / not a map. An absent value reads as an empty map.
  Result<void> ExpectList(const Node& node, std::string_view example) const;
  Result<void> ExpectMap(const Node& node, std::string_view example) const;

  std::vector<std::string> TakeWarnings() { return std::move(warnings_); }
  Mark clear_secret() const { return clear_secret_; }  // the first one; line 0: none

  // One step down while it lives.
  class Step {
   public:
    Step(Reader& reader, std::string_view key) : reader_(reader) { reader_.path_.push_back(key); }
    ~Step() { reader_.path_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Reader& reader_;
  };

 private:
  // The error of a parser in parse.h or money.h, with the variable's name in place of its value.
  Error Because(const Node& node, const Error& error) const;
  template <class T>
  Result<T> Parsed(const Node& node, Result<T> (*parse)(std::string_view)) const;

  std::string_view file_;
  std::vector<std::string_view> path_;
  std::vector<std::string> warnings_;
  Mark clear_secret_;
};

}  // namespace weir::config
