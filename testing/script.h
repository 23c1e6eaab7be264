// What a scripted upstream does with one request: an HTTP answer, and every way to get it wrong.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "testing/gate.h"

namespace weir {

struct Step {
  enum class Kind : uint8_t { kSend, kWait, kPause, kClose, kDrop, kReset, kHang };
  Kind kind = Kind::kSend;
  std::string bytes;                   // kSend
  std::shared_ptr<Gate> gate;          // kWait: until the test opens it
  std::chrono::milliseconds pause{0};  // kPause
  size_t times = 1;                    // kSend: the bytes again and again
};

std::string GzipOf(const std::string& text);  // one member

class Script {
 public:
  enum class Framing : uint8_t { kLength, kChunked, kUntilClose };
  // kDrop is kClose without TLS's close_notify.
  enum class Ending : uint8_t { kClose, kDrop, kReset, kHang };

  static Script Json(std::string body, int status = 200);
  // text/event-stream, chunked. Each item becomes "data: ITEM\n\n"; "[DONE]" is not added.
  static Script Events(const std::vector<std::string>& items);
  // text/event-stream, chunked, of exactly these bytes.
  static Script Stream(std::string body);
  static Script Raw(std::string wire);  // the whole answer as it goes on the wire
  static Script Hang();                 // never answers

  Script& WithStatus(int status);
  Script& WithType(std::string content_type);
  Script& WithHeader(std::string name, std::string value);
  Script& WithFraming(Framing framing);
  Script& WithInterim(std::string wire);  // e.g. "HTTP/1.1 103 Early Hints\r\n\r\n"
  Script& Gzipped();                      // of what the body is now
  // Body offsets count bytes before chunked framing (after gzip).
  Script& SplitAt(const std::vector<size_t>& offsets);  // a write of its own each, 1 ms apart
  Script& WaitAt(size_t offset, std::shared_ptr<Gate> gate);
  Script& PauseAt(size_t offset, std::chrono::milliseconds pause);
  Script& CutAt(size_t offset, Ending ending);      // no more bytes, no end of the body
  Script& CutHeadAt(size_t offset, Ending ending);  // inside the head; 0: before any byte
  Script& WaitBeforeHead(std::shared_ptr<Gate> gate);
  Script& ThenClose();  // whole answer, then the connection ends
  // Behind the body, which then has no end of its own, these bytes as they are, so many times.
  Script& ThenRepeat(std::string wire, size_t times);

  std::vector<Step> Steps() const;

 private:
  struct Mark {
    size_t offset;
    std::vector<Step> steps;
    bool last;  // nothing follows
  };
  Script& AddMark(Mark mark);
  std::string Head() const;
  std::string Framed(std::string_view piece) const;
  void AppendBody(std::vector<Step>* steps) const;

  bool raw_ = false;
  int status_ = 200;
  std::string type_ = "application/json";
  std::vector<std::pair<std::string, std::string>> headers_;
  Framing framing_ = Framing::kLength;
  std::string interim_;
  std::string body_;
  std::vector<Step> before_head_;
  std::vector<Mark> marks_;  // ordered
  size_t head_cut_ = std::string::npos;
  Step head_end_;
  bool then_close_ = false;
  std::string repeated_;
  size_t times_ = 0;
};

}  // namespace weir
