// The words of one request and its answer, for the ledger: where `ledger.bodies` asks for them, and
// neither the key nor the request refuses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chat/request.h"
#include "ledger/bodies.h"
#include "limits/key_ring.h"

namespace weir::gateway {

// Not with a key or team of `bodies: false`, nor a request that says "store": false. `body` is the
// request's.
bool MayKeepWords(const limits::Key* key, const chat::Request& request, std::string_view body);

// Bounded, however long the answer is.
class Transcript {
 public:
  // A worker has so many at one time; other requests' words are not kept.
  static constexpr int kMostAtOnce = 256;

  // `running`: how many there are; outlives it.
  Transcript(std::string_view request, int* running)
      : request_(ledger::CutText(request, ledger::kMaxRequestBytes)), running_(running) {
    ++*running_;
  }
  ~Transcript() { --*running_; }
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;

  // A plain answer: the text of its choices, "[tool call] NAME ARGUMENTS" for each call.
  void TakeBody(std::string_view json);
  // The same of a stream's events, in pieces that may end anywhere.
  void TakeEvents(std::string_view bytes);

  ledger::Bodies Bodies() const;

 private:
  static constexpr size_t kMostChoices = 16;
  static constexpr size_t kLongestLine = 256 << 10;  // of an event; a longer one is not read

  void TakeLine(std::string_view line);
  void TakeChoices(std::string_view json, std::string_view part);
  void TakeChoice(std::string_view json, std::string_view part, size_t index);
  void TakeMessage(std::string_view json, size_t choice);
  void TakeCalls(std::string_view json, size_t choice);
  void Say(std::string_view words, size_t choice);

  std::string request_;
  int* running_;
  std::vector<std::string> choices_;
  size_t said_ = 0, kept_ = 0;  // bytes of all choices
  std::string line_;            // that is not whole yet
};

}  // namespace weir::gateway
