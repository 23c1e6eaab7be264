#include "http/fields.h"

#include <algorithm>
#include <limits>

#include "base/strings.h"

namespace weir::http {
namespace {

// Calls `use` with each trimmed element of a comma-separated list.
template <class Use>
void ForEachElement(std::string_view list, Use use) {
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    use(Trim(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

void NoteConnection(std::string_view value, FieldFacts* facts) {
  ForEachElement(value, [facts](std::string_view option) {
    if (EqualsIgnoreCase(option, "close")) facts->close = true;
    if (EqualsIgnoreCase(option, "keep-alive")) facts->keep_alive = true;
    bool token =
        std::all_of(option.begin(), option.end(), [](char c) { return Is(kTokenChar, c); });
    if (!token) facts->bad_connection = true;
  });
}

void NoteExpect(std::string_view value, FieldFacts* facts) {
  (EqualsIgnoreCase(value, "100-continue") ? facts->expect : facts->expect_other) = true;
}

// The length of a name tells nearly every other header apart without comparing a byte.
void Note(std::string_view name, std::string_view value, FieldFacts* facts) {
  switch (name.size()) {
    case 4:
      if (!EqualsIgnoreCase(name, "host")) return;
      ++facts->hosts;
      facts->host = value;
      return;
    case 6:
      if (EqualsIgnoreCase(name, "expect")) NoteExpect(value, facts);
      return;
    case 7:
      if (EqualsIgnoreCase(name, "upgrade")) facts->upgrade = true;
      return;
    case 10:
      if (EqualsIgnoreCase(name, "connection")) NoteConnection(value, facts);
      return;
    case 14:
      if (!EqualsIgnoreCase(name, "content-length")) return;
      ++facts->lengths;
      facts->length = value;
      return;
    case 17:
      if (!EqualsIgnoreCase(name, "transfer-encoding")) return;
      ++facts->encodings;
      facts->encoding = value;
      return;
    default:
      return;
  }
}

Step ScanField(Scanner* in, std::string_view* name, std::string_view* value) {
  *name = in->Take(kTokenChar);
  if (in->at == in->end) return Step::kMore;
  if (name->empty()) return in->Fail("a header line does not begin with a field name");
  if (*in->at != ':') return in->Fail("a field name is not followed by a colon");
  ++in->at;
  while (in->at != in->end && IsBlankChar(*in->at)) ++in->at;
  *value = in->TakeValue();
  while (!value->empty() && IsBlankChar(value->back())) value->remove_suffix(1);
  return in->LineEnd();
}

}  // namespace

Step Scanner::Literal(char c, std::string_view what) {
  if (at == end) return Step::kMore;
  if (*at != c) return Fail(what);
  ++at;
  return Step::kDone;
}

Step Scanner::Literal(std::string_view text, std::string_view what) {
  for (char c : text) {
    if (Step step = Literal(c, what); step != Step::kDone) return step;
  }
  return Step::kDone;
}

Step Scanner::LineEnd() {
  Step step = Literal('\r', "a bare LF or a control character in the head");
  return step == Step::kDone ? Literal('\n', "a bare CR in the head") : step;
}

Step ScanFields(Scanner* in, size_t max_headers, HeaderList* headers, FieldFacts* facts) {
  for (;;) {
    if (in->at == in->end) return Step::kMore;
    if (*in->at == '\r') return in->LineEnd();
    if (headers->all().size() == max_headers) {
      return in->Fail(Reason::kHeaderTooLarge, "too many header fields");
    }
    std::string_view name;
    std::string_view value;
    if (Step step = ScanField(in, &name, &value); step != Step::kDone) return step;
    headers->Add(name, value);
    Note(name, value, facts);
  }
}

Step JudgeFraming(Scanner* in, const FieldFacts& facts, int minor_version, Framing* framing) {
  *framing = Framing{};
  if (facts.bad_connection) return in->Fail("Connection is not a list of tokens");
  if (facts.encodings > 0) {
    if (facts.lengths > 0) return in->Fail("both Content-Length and Transfer-Encoding");
    if (minor_version == 0) return in->Fail("Transfer-Encoding in HTTP/1.0");
    if (facts.encodings > 1 || !EqualsIgnoreCase(facts.encoding, "chunked")) {
      return in->Fail("Transfer-Encoding is not exactly one `chunked`");
    }
    framing->kind = BodyKind::kChunked;
    return Step::kDone;
  }
  if (facts.lengths == 0) return Step::kDone;
  if (facts.lengths > 1) return in->Fail("more than one Content-Length");
  std::optional<uint64_t> length = ParseUint(facts.length);
  if (!length || *length > uint64_t{std::numeric_limits<int64_t>::max()}) {
    return in->Fail("Content-Length is not a number");
  }
  *framing = {BodyKind::kLength, *length};
  return Step::kDone;
}

bool KeepsAlive(const FieldFacts& facts, int minor_version) {
  return !facts.close && (minor_version == 1 || facts.keep_alive);
}

}  // namespace weir::http
