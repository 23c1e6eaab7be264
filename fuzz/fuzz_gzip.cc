// Compressed answers: any bytes inflate the same however they are cut and never beyond the bound,
// and what was packed comes out again, whole or known to be cut.
#include <zlib.h>

#include <algorithm>
#include <string>

#include "fuzz/check.h"
#include "fuzz/input.h"
#include "http/gzip.h"

namespace weir::fuzz {
namespace {

constexpr size_t kRoom = 64 << 10;

struct Inflated {
  std::string content;
  bool refused = false;
  bool ended = false;
  bool operator==(const Inflated&) const = default;
};

Inflated Inflate(std::string_view packed, size_t stride, size_t room) {
  http::Inflater inflater(room);
  Inflated out;
  while (!packed.empty() && !out.refused) {
    const std::string_view part = packed.substr(0, stride);
    out.refused = !inflater.Feed(part, &out.content);
    packed.remove_prefix(part.size());
  }
  WEIR_FUZZ_CHECK(out.content.size() <= room);
  out.ended = !out.refused && inflater.ended();
  return out;
}

std::string Pack(std::string_view text, int level, int window) {
  z_stream stream{};
  WEIR_FUZZ_CHECK(deflateInit2(&stream, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  WEIR_FUZZ_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// What comes out of a refused body before its fault depends on the cut; nobody uses it.
void CheckCuts(std::string_view packed, size_t room) {
  const Inflated whole = Inflate(packed, packed.size(), room);
  for (size_t stride : {1, 5}) {
    const Inflated dripped = Inflate(packed, stride, room);
    WEIR_FUZZ_CHECK(dripped.refused == whole.refused);
    WEIR_FUZZ_CHECK(whole.refused || dripped == whole);
  }
}

void CheckRoundTrip(Input* input) {
  const auto level = static_cast<int>(input->Below(10));
  const bool gzip = input->Below(2) == 0;
  const size_t members = gzip ? 1 + input->Below(3) : 1;
  const size_t times = 1 + input->Below(200);
  const size_t stride = 1 + input->Below(64);
  const uint64_t cut = input->Number(2);
  const std::string_view unit = input->Rest();
  std::string text;
  for (size_t i = 0; i < times; ++i) text += unit;
  std::string packed, whole;
  for (size_t i = 0; i < members; ++i) {
    packed += Pack(text, level, gzip ? 15 + 16 : 15);
    whole += text;
  }
  WEIR_FUZZ_CHECK(Inflate(packed, stride, whole.size()) == (Inflated{whole, false, true}));
  if (!whole.empty()) WEIR_FUZZ_CHECK(Inflate(packed, stride, whole.size() - 1).refused);
  // A cut body is never taken for a whole one, unless a whole member is what is left.
  packed.resize(cut % packed.size());
  const Inflated part = Inflate(packed, stride, whole.size());
  WEIR_FUZZ_CHECK(!part.refused && whole.starts_with(part.content));
  if (members == 1) WEIR_FUZZ_CHECK(!part.ended);
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  weir::fuzz::CheckCuts(weir::fuzz::Bytes(bytes, size), weir::fuzz::kRoom);
  weir::fuzz::CheckCuts(weir::fuzz::Bytes(bytes, size), 100);
  weir::fuzz::Input input(weir::fuzz::Bytes(bytes, size));
  weir::fuzz::CheckRoundTrip(&input);
  return 0;
}
