#include "http/sse.h"

#include <algorithm>

namespace weir::http {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";
constexpr size_t kKeptCapacity = 64 << 10;

void AppendLines(std::string* out, std::string_view prefix, std::string_view text) {
  for (;;) {
    size_t end = std::min(text.find_first_of("\r\n"), text.size());
    out->append(prefix).append(text, 0, end).push_back('\n');
    if (end == text.size()) break;
    bool pair = text.substr(end).starts_with("\r\n");
    text.remove_prefix(end + (pair ? 2 : 1));
  }
  out->push_back('\n');
}

}  // namespace

Result<void> SseSplitter::Feed(std::string_view bytes) {
  if (too_large_) return Verdict();
  Compact();
  if (buffer_.capacity() < buffer_.size() + bytes.size() + kSsePadding) {
    buffer_.reserve(buffer_.size() + bytes.size() + kSsePadding);
  }
  buffer_.append(bytes);
  Scan();
  return Verdict();
}

Result<void> SseSplitter::Finish() {
  finished_ = true;
  Scan();
  return Verdict();
}

Result<void> SseSplitter::Verdict() const {
  if (!too_large_) return {};
  return MakeError(Reason::kUpstreamTooLarge, "a stream event is larger than the limit");
}

bool SseSplitter::Next(SseEvent* event) {
  Scan();
  if (!ready_) return false;
  event->raw = View({start_, end_ - start_});
  event->event = View(event_);
  event->has_data = data_lines_ > 0;
  event->comment_only = !fields_;
  if (data_lines_ > 1) {
    data_.reserve(data_.size() + kSsePadding);
    event->data = data_;
  } else {
    event->data = View(data_line_);
  }
  start_ = end_;
  data_line_ = event_ = Span{};
  data_lines_ = 0;
  fields_ = comments_ = ready_ = false;
  return true;
}

// Drained, the rest is one unfinished event, and start_ stays 0 until it ends: a byte moves at most
// once.
void SseSplitter::Compact() {
  if (start_ == 0) return;
  size_t gone = start_;
  buffer_.erase(0, gone);
  if (buffer_.empty() && buffer_.capacity() > kKeptCapacity) buffer_ = std::string();
  for (size_t* at : {&start_, &line_, &lf_, &cr_, &end_, &data_line_.begin, &event_.begin}) {
    *at -= std::min(*at, gone);
  }
}

// Reads lines until an event is whole or the bytes are used up.
void SseSplitter::Scan() {
  while (!ready_ && !too_large_ && line_ < buffer_.size()) {
    if (after_cr_ && buffer_[line_] == '\n') {
      ++line_;
      after_cr_ = false;
      continue;
    }
    size_t end = LineEnd();
    if (end == buffer_.size()) break;
    size_t begin = line_;
    if (first_ && View({begin, end - begin}).starts_with(kBom)) begin += kBom.size();
    if (begin == end && (fields_ || comments_)) {
      if (!EndEvent(end)) break;
      continue;
    }
    first_ = false;
    if (begin < end) TakeLine(begin, end);
    after_cr_ = buffer_[end] == '\r';
    line_ = end + 1;
  }
  if ((ready_ ? end_ : buffer_.size()) - start_ > max_event_) {
    too_large_ = true;
    ready_ = false;
  }
}

// False when the blank line is a CR whose LF may still come.
bool SseSplitter::EndEvent(size_t line_end) {
  end_ = line_end + 1;
  if (buffer_[line_end] == '\r' && !after_cr_) {
    if (end_ == buffer_.size() && !finished_) return false;
    if (end_ < buffer_.size() && buffer_[end_] == '\n') ++end_;
  }
  line_ = end_;
  after_cr_ = false;
  ready_ = true;
  return true;
}

size_t SseSplitter::LineEnd() {
  lf_ = Seek('\n', std::max(lf_, line_));
  cr_ = Seek('\r', std::max(cr_, line_));
  return std::min(lf_, cr_);
}

size_t SseSplitter::Seek(char c, size_t from) const {
  if (from < buffer_.size() && buffer_[from] == c) return from;
  return std::min(buffer_.find(c, from), buffer_.size());
}

void SseSplitter::TakeLine(size_t begin, size_t end) {
  std::string_view line = View({begin, end - begin});
  size_t colon = line.starts_with("data:") ? 4 : std::min(line.find(':'), line.size());
  if (colon == 0) {
    comments_ = true;
    return;
  }
  fields_ = true;
  std::string_view name = line.substr(0, colon);
  size_t value = std::min(colon + 1, line.size());
  if (value < line.size() && line[value] == ' ') ++value;
  Span span{begin + value, line.size() - value};
  if (name == "data") TakeData(span);
  if (name == "event") event_ = span;
}

void SseSplitter::TakeData(Span value) {
  ++data_lines_;
  if (data_lines_ == 1) {
    data_line_ = value;
    return;
  }
  if (data_lines_ == 2) data_.assign(View(data_line_));
  data_.append(1, '\n').append(View(value));
}

void AppendSseData(std::string* out, std::string_view data) {
  AppendLines(out, "data: ", data);
}

void AppendSseComment(std::string* out, std::string_view comment) {
  AppendLines(out, ": ", comment);
}

}  // namespace weir::http
