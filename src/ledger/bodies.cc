#include "ledger/bodies.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "ledger/codec.h"

namespace weir::ledger {
namespace {

constexpr std::string_view kMarker = "…[cut: ";
constexpr std::string_view kMarkerEnd = " bytes]";
constexpr size_t kMarkerRoom = 64;  // two numbers of 20 digits and the words

void PutBody(uint8_t tag, std::string_view text, size_t most, std::string* payload) {
  if (text.empty()) return;
  std::string cut;
  if (text.size() > most) text = cut = CutText(text, most);
  payload->push_back(static_cast<char>(tag));
  char size[kMaxVarint];
  payload->append(size, PutVarint(text.size(), size));
  payload->append(text);
}

}  // namespace

std::string CutText(std::string_view text, size_t most, size_t total) {
  total = std::max(total, text.size());
  if (text.size() <= most && total == text.size()) return std::string(text);
  std::string cut(Utf8Prefix(text, most - kMarkerRoom));
  const size_t kept = cut.size();
  return cut.append(kMarker).append(fmt::format("{} of {}", kept, total)).append(kMarkerEnd);
}

bool IsCut(std::string_view text) {
  if (!text.ends_with(kMarkerEnd)) return false;
  const std::string_view end = text.substr(text.size() - std::min(text.size(), kMarkerRoom));
  return end.find(kMarker) != std::string_view::npos;
}

void AppendBodies(const Bodies& bodies, std::string* payload) {
  PutBody(kRequestTag, bodies.request, kMaxRequestBytes, payload);
  PutBody(kAnswerTag, bodies.answer, kMaxAnswerBytes, payload);
  PutBody(kOtherTag, bodies.other, kMaxAnswerBytes, payload);
}

std::string_view WithoutBodies(std::string_view payload) {
  if (payload.empty() || payload[0] != kRowVersion) return payload;
  std::string_view rest = payload.substr(1);
  while (!rest.empty()) {
    const size_t before = payload.size() - rest.size();
    uint64_t tag = 0, size = 0;
    if (!TakeVarint(&rest, &tag) || !TakeVarint(&rest, &size) || size > rest.size()) return payload;
    if (tag >= kRequestTag && tag <= kOtherTag) return payload.substr(0, before);
    rest.remove_prefix(size);
  }
  return payload;
}

}  // namespace weir::ledger
