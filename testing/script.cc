#include "testing/script.h"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

namespace weir {
namespace {

Step Send(std::string bytes) {
  return {Step::Kind::kSend, std::move(bytes), nullptr, {}};
}
Step Wait(std::shared_ptr<Gate> gate) {
  return {Step::Kind::kWait, {}, std::move(gate), {}};
}
Step Pause(std::chrono::milliseconds pause) {
  return {Step::Kind::kPause, {}, nullptr, pause};
}

Step End(Script::Ending ending) {
  switch (ending) {
    case Script::Ending::kClose:
      return {Step::Kind::kClose, {}, nullptr, {}};
    case Script::Ending::kDrop:
      return {Step::Kind::kDrop, {}, nullptr, {}};
    case Script::Ending::kReset:
      return {Step::Kind::kReset, {}, nullptr, {}};
    case Script::Ending::kHang:
      return {Step::Kind::kHang, {}, nullptr, {}};
  }
  return {};
}

}  // namespace

std::string GzipOf(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Script Script::Json(std::string body, int status) {
  Script script;
  script.body_ = std::move(body);
  script.status_ = status;
  return script;
}

Script Script::Events(const std::vector<std::string>& items) {
  std::string body;
  for (const std::string& item : items) body += "data: " + item + "\n\n";
  return Stream(std::move(body));
}

Script Script::Stream(std::string body) {
  Script script = Json(std::move(body));
  return script.WithType("text/event-stream").WithFraming(Framing::kChunked);
}

Script Script::Raw(std::string wire) {
  Script script;
  script.raw_ = true;
  script.body_ = std::move(wire);
  return script;
}

Script Script::Hang() {
  return Raw("").CutAt(0, Ending::kHang);
}

Script& Script::WithStatus(int status) {
  status_ = status;
  return *this;
}

Script& Script::WithType(std::string content_type) {
  type_ = std::move(content_type);
  return *this;
}

Script& Script::WithHeader(std::string name, std::string value) {
  headers_.emplace_back(std::move(name), std::move(value));
  return *this;
}

Script& Script::WithFraming(Framing framing) {
  framing_ = framing;
  return *this;
}

Script& Script::WithInterim(std::string wire) {
  interim_ = std::move(wire);
  return *this;
}

Script& Script::Gzipped() {
  body_ = GzipOf(body_);
  return WithHeader("content-encoding", "gzip");
}

Script& Script::SplitAt(const std::vector<size_t>& offsets) {
  for (const size_t offset : offsets) PauseAt(offset, std::chrono::milliseconds(1));
  return *this;
}

Script& Script::WaitAt(size_t offset, std::shared_ptr<Gate> gate) {
  return AddMark({offset, {Wait(std::move(gate))}, false});
}

Script& Script::PauseAt(size_t offset, std::chrono::milliseconds pause) {
  return AddMark({offset, {Pause(pause)}, false});
}

Script& Script::CutAt(size_t offset, Ending ending) {
  return AddMark({offset, {End(ending)}, true});
}

Script& Script::CutHeadAt(size_t offset, Ending ending) {
  head_cut_ = offset;
  head_end_ = End(ending);
  return *this;
}

Script& Script::WaitBeforeHead(std::shared_ptr<Gate> gate) {
  before_head_.push_back(Wait(std::move(gate)));
  return *this;
}

Script& Script::ThenClose() {
  then_close_ = true;
  return *this;
}

Script& Script::ThenRepeat(std::string wire, size_t times) {
  repeated_ = std::move(wire);
  times_ = times;
  return *this;
}

Script& Script::AddMark(Mark mark) {
  const auto after = [](const Mark& a, const Mark& b) { return a.offset < b.offset; };
  marks_.insert(std::ranges::upper_bound(marks_, mark, after), std::move(mark));
  return *this;
}

std::string Script::Head() const {
  std::string head = "HTTP/1.1 " + std::to_string(status_) + " Scripted\r\n";
  if (!type_.empty()) head += "content-type: " + type_ + "\r\n";
  for (const auto& [name, value] : headers_) head.append(name + ": ").append(value + "\r\n");
  if (framing_ == Framing::kLength) {
    head += "content-length: " + std::to_string(body_.size()) + "\r\n";
  }
  if (framing_ == Framing::kChunked) head += "transfer-encoding: chunked\r\n";
  return head + "\r\n";
}

std::string Script::Framed(std::string_view piece) const {
  if (raw_ || framing_ != Framing::kChunked) return std::string(piece);
  char size[20];
  snprintf(size, sizeof size, "%zx\r\n", piece.size());
  return std::string(size).append(piece).append("\r\n");
}

void Script::AppendBody(std::vector<Step>* steps) const {
  size_t sent = 0;
  for (const Mark& mark : marks_) {
    const size_t until = std::min(mark.offset, body_.size());
    if (until > sent)
      steps->push_back(Send(Framed(std::string_view(body_).substr(sent, until - sent))));
    sent = std::max(sent, until);
    steps->insert(steps->end(), mark.steps.begin(), mark.steps.end());
    if (mark.last) return;
  }
  if (sent < body_.size()) steps->push_back(Send(Framed(std::string_view(body_).substr(sent))));
  if (times_ > 0) {
    steps->push_back(Send(repeated_));
    steps->back().times = times_;
    return;
  }
  if (!raw_ && framing_ == Framing::kChunked) steps->push_back(Send("0\r\n\r\n"));
  if (then_close_ || (!raw_ && framing_ == Framing::kUntilClose)) {
    steps->push_back(End(Ending::kClose));
  }
}

std::vector<Step> Script::Steps() const {
  std::vector<Step> steps = before_head_;
  if (!raw_) {
    const std::string head = interim_ + Head();
    steps.push_back(Send(head.substr(0, head_cut_)));
    if (head_cut_ < head.size()) {
      steps.push_back(head_end_);
      return steps;
    }
  }
  AppendBody(&steps);
  return steps;
}

}  // namespace weir
