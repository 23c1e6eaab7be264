// Server-sent events, split by bytes (WHATWG "event stream interpretation"): CR, LF and CRLF line ends
// in any mix, comments, a leading BOM, events cut anywhere, also inside UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::http {

struct SseEvent {
  std::string_view raw;    // all bytes of the event with its blank line, as they came
  std::string_view data;   // the data lines joined by '\n'; has kSsePadding readable bytes behind it
  std::string_view event;  // the event field, or empty
  bool has_data = false;
  bool comment_only = false;  // nothing but comments (keep-alive)
};

inline constexpr size_t kSsePadding = 64;
inline constexpr size_t kMaxSseEvent = 1 << 20;

// Holds the unfinished event. Views of Next() live until the next Feed() or Next().
class SseSplitter {
 public:
  explicit SseSplitter(size_t max_event = kMaxSseEvent) : max_event_(max_event) {}
  // Appends upstream bytes. kUpstreamTooLarge when an unfinished event outgrows the bound.
  Result<void> Feed(std::string_view bytes);
  // The next whole event, or false when more bytes are needed.
  bool Next(SseEvent* event);
  // Bytes of an event that never ended (at the end of the stream they are discarded by the standard).
  size_t unfinished() const;

 private:
  size_t max_event_;
  std::string buffer_;     // kSsePadding bytes of capacity beyond its size
  size_t start_ = 0;       // of the next event in buffer_
  size_t scanned_ = 0;     // bytes of buffer_ known to hold no event end
  std::string data_;       // joined data lines when there is more than one
  bool first_ = true;      // a BOM may stand here
};

// "data: …\n\n" for each line of `data`.
void AppendSseData(std::string* out, std::string_view data);
void AppendSseComment(std::string* out, std::string_view comment);

}  // namespace weir::http
