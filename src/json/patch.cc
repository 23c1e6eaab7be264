#include "json/patch.h"

#include <cassert>
#include <utility>

namespace weir::json {
namespace {

template <class Take>
void ForEachPiece(std::string_view text, std::span<const Edit> edits, Take take) {
  size_t taken = 0;
  for (const Edit& edit : edits) {
    assert(edit.span.begin >= taken && edit.span.end >= edit.span.begin &&
           edit.span.end <= text.size());
    take(text.substr(taken, edit.span.begin - taken));
    take(edit.bytes);
    taken = edit.span.end;
  }
  take(text.substr(taken));
}

size_t SizeOf(std::string_view text, std::span<const Edit> edits) {
  size_t size = 0;
  ForEachPiece(text, edits, [&size](std::string_view piece) { size += piece.size(); });
  return size;
}

}  // namespace

std::string Apply(std::string_view text, std::span<const Edit> edits) {
  std::string out;
  out.reserve(SizeOf(text, edits) + kPadding);
  ForEachPiece(text, edits, [&out](std::string_view piece) { out += piece; });
  return out;
}

Patched::Patched(std::string_view text, ShelvedVector<Edit> edits)
    : text_(text), edits_(std::move(edits)), size_(SizeOf(text_, edits_)) {}

void Patched::AppendPieces(ShelvedVector<std::string_view>* pieces) const {
  ForEachPiece(text_, edits_, [pieces](std::string_view piece) {
    if (!piece.empty()) pieces->push_back(piece);
  });
}

}  // namespace weir::json
