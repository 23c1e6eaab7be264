#include "http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/strings.h"

namespace weir::http {
namespace {

constexpr int kWindow = 15;
constexpr int kDetectFormat = 32;
constexpr size_t kStep = 16 << 10;

}  // namespace

struct Inflater::State {
  explicit State(size_t max_output) : room(max_output) {
    ready = inflateInit2(&stream, kWindow + kDetectFormat) == Z_OK;
  }
  ~State() {
    if (ready) inflateEnd(&stream);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Result<void> Step(std::string* out);

  z_stream stream{};
  bool ready = false;
  bool ended = false;
  size_t room;  // output bytes that may still come
};

// One byte beyond the room tells "exactly full" from "too much".
Result<void> Inflater::State::Step(std::string* out) {
  std::array<char, kStep> chunk;
  size_t window = room < chunk.size() ? room + 1 : chunk.size();
  stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
  stream.avail_out = static_cast<uInt>(window);
  int code = inflate(&stream, Z_NO_FLUSH);
  if (code == Z_MEM_ERROR) return MakeError(Reason::kInternal, "no memory to inflate an answer");
  if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
    return MakeError(Reason::kUpstreamProtocol, "the compressed answer is damaged");
  }
  size_t got = window - stream.avail_out;
  out->append(chunk.data(), std::min(got, room));
  if (got > room) return MakeError(Reason::kUpstreamTooLarge, "the answer inflates too far");
  room -= got;
  ended = code == Z_STREAM_END;
  return {};
}

Inflater::Inflater(size_t max_output) : state_(std::make_unique<State>(max_output)) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Result<void> Inflater::Feed(std::string_view bytes, std::string* out) {
  State& state = *state_;
  if (!state.ready) return MakeError(Reason::kInternal, "zlib cannot start");
  z_stream& stream = state.stream;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, std::numeric_limits<uInt>::max());
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
    stream.avail_in = static_cast<uInt>(part.size());
    do {
      if (state.ended) inflateReset(&stream);  // another gzip member, or junk that it will refuse
      WEIR_CHECK_OK(state.Step(out));
    } while (stream.avail_in > 0 || (stream.avail_out == 0 && !state.ended));
    bytes.remove_prefix(part.size());
  }
  return {};
}

bool Inflater::ended() const {
  return state_->ended;
}

bool IsInflatable(std::string_view content_encoding) {
  return EqualsIgnoreCase(content_encoding, "gzip") ||
         EqualsIgnoreCase(content_encoding, "x-gzip") ||
         EqualsIgnoreCase(content_encoding, "deflate");
}

}  // namespace weir::http
