// Server-sent events, split by bytes (WHATWG "event stream interpretation"): CR, LF and CRLF line
// ends in any mix, comments, a leading BOM, events cut anywhere, also inside UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::http {

struct SseEvent {
  std::string_view raw;   // all bytes of the event with its blank line, as they came
  std::string_view data;  // the data lines joined by '\n'; has kSsePadding readable bytes behind it
  std::string_view event;  // the event field, or empty
  bool has_data = false;
  bool comment_only = false;  // nothing but comments (keep-alive)
};

inline constexpr size_t kSsePadding = 64;
inline constexpr size_t kMaxSseEvent = 1 << 20;

// Holds the unfinished event. Views of Next() live until the next Feed() or Next().
//
// Events, raw bytes included, are a function of the stream alone, not of how it was cut; all `raw`
// and the unfinished() bytes together are the input. Blank lines before an event belong to its raw.
// Where the blank line is a CR, an LF behind it belongs to it; so that a stream of lone CRs does
// not lag by an event, that LF is waited for only when the line before did not end in a lone CR.
//
// Call Next() until it says false after each Feed() and after Finish(): an event that is too large
// behind good ones is reported by the next of these two calls, and Next() stops before it.
class SseSplitter {
 public:
  explicit SseSplitter(size_t max_event = kMaxSseEvent) : max_event_(max_event) {}
  // Appends upstream bytes. kUpstreamTooLarge when an event outgrows the bound; for good.
  Result<void> Feed(std::string_view bytes);
  // No more bytes come: a last CR is a line end. Then Next() and unfinished() tell the rest.
  Result<void> Finish();
  // The next whole event, or false when more bytes are needed.
  bool Next(SseEvent* event);
  // Bytes of an event that never ended (at the end of the stream they are discarded by the
  // standard).
  size_t unfinished() const { return buffer_.size() - start_; }

 private:
  struct Span {
    size_t begin = 0;
    size_t size = 0;
  };
  std::string_view View(Span span) const {
    return std::string_view(buffer_).substr(span.begin, span.size);
  }
  void Compact();
  void Scan();
  bool EndEvent(size_t line_end);
  size_t LineEnd();
  size_t Seek(char c, size_t from) const;
  void TakeLine(size_t begin, size_t end);
  void TakeData(Span value);
  Result<void> Verdict() const;

  size_t max_event_;
  std::string buffer_;  // kSsePadding bytes of capacity beyond its size
  size_t start_ = 0;    // of the next event in buffer_
  size_t line_ = 0;     // of the line whose end is looked for
  size_t lf_ = 0;       // no LF in [line_, lf_), no CR in [line_, cr_): nothing is searched twice
  size_t cr_ = 0;
  size_t end_ = 0;  // of the event, when ready_

  // The event so far.
  Span data_line_;  // the only data line
  Span event_;
  std::string data_;  // joined data lines when there is more than one
  size_t data_lines_ = 0;
  bool fields_ = false;
  bool comments_ = false;

  bool ready_ = false;     // a whole event stands at start_
  bool first_ = true;      // a BOM may stand here
  bool after_cr_ = false;  // the line before ended in a CR that no LF has followed yet
  bool finished_ = false;
  bool too_large_ = false;
};

// "data: …\n" for each line of `data` (CR, LF or CRLF ends one), then a blank line.
void AppendSseData(std::string* out, std::string_view data);
// The same with ": …".
void AppendSseComment(std::string* out, std::string_view comment);

}  // namespace weir::http
