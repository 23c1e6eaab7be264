// The part that request and response heads share: the scanner and the header section. Private to
// http/. Every byte is judged where it is read; there is no second parser (docs/adr/0003).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "http/chars.h"
#include "http/head.h"

namespace weir::http {

enum class Step : uint8_t { kDone, kMore, kFault };

// A position in the bytes at hand, and the first fault met.
struct Scanner {
  explicit Scanner(std::string_view bytes)
      : begin(bytes.data()), at(bytes.data()), end(bytes.data() + bytes.size()) {}

  Step Fail(Reason why, std::string_view what) {
    reason = why;
    fault = what;
    return Step::kFault;
  }
  Step Fail(std::string_view what) { return Fail(Reason::kBadRequest, what); }

  // Moves over bytes of one class and returns them.
  std::string_view Take(CharClass wanted) {
    const char* from = at;
    const char* to = from;
    while (to != end && Is(wanted, *to)) ++to;
    at = to;
    return {from, static_cast<size_t>(to - from)};
  }
  // Take(kValueChar), 8 bytes at a time.
  std::string_view TakeValue() {
    const char* from = at;
    while (end - at >= 8 && !MayHoldControl(at)) at += 8;
    std::string_view rest = Take(kValueChar);
    return {from, static_cast<size_t>(rest.data() + rest.size() - from)};
  }
  Step Literal(char c, std::string_view what);
  Step Literal(std::string_view text, std::string_view what);
  Step LineEnd();  // CR LF and nothing else

  const char* begin;
  const char* at;
  const char* end;
  Reason reason = Reason::kBadRequest;
  std::string_view fault;
};

// What the header section says about the message itself.
struct FieldFacts {
  int hosts = 0;
  int lengths = 0;
  int encodings = 0;
  std::string_view host;
  std::string_view length;
  std::string_view encoding;
  bool close = false;
  bool keep_alive = false;
  bool bad_connection = false;
  bool upgrade = false;
  bool expect = false;        // an Expect that says 100-continue
  bool expect_other = false;  // one that asks for something else
};

// Header lines up to and with the blank line.
Step ScanFields(Scanner* in, size_t max_headers, HeaderList* headers, FieldFacts* facts);

// Content-Length, Transfer-Encoding and the form of Connection; kNone when no body is announced.
Step JudgeFraming(Scanner* in, const FieldFacts& facts, int minor_version, Framing* framing);

bool KeepsAlive(const FieldFacts& facts, int minor_version);

// Runs `scan(Scanner*)` over `bytes` within the head limit. The first `eager` bytes are judged as
// soon as they are there; what lies beyond is read again only when the head's end has come, so that
// a head that drips in costs at most `eager` steps and a memchr walk a call.
template <class Scan>
Result<size_t> ScanHead(std::string_view bytes, size_t max_head, size_t eager, Scan scan) {
  std::string_view head = bytes.substr(0, max_head);
  Scanner in(head.substr(0, eager));
  Step step = scan(&in);
  if (step == Step::kMore && head.size() > eager) {
    size_t from = eager < 3 ? 0 : eager - 3;
    if (head.find("\r\n\r\n", from) != std::string_view::npos) {
      in = Scanner(head);
      step = scan(&in);
    }
  }
  if (step == Step::kMore && head.size() == max_head) {
    step = in.Fail(Reason::kHeaderTooLarge, "the head is larger than the limit");
  }
  if (step == Step::kFault) return MakeError(in.reason, std::string(in.fault));
  return step == Step::kDone ? static_cast<size_t>(in.at - in.begin) : size_t{0};
}

}  // namespace weir::http
