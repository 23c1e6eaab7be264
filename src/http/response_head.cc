#include "http/fields.h"

namespace weir::http {
namespace {

constexpr size_t kEagerBytes = 4096;

Step ScanStatusLine(Scanner* in, ResponseHead* head) {
  constexpr std::string_view kBadLine = "a status line is `HTTP/1.1 200 text`";
  if (Step step = in->Literal("HTTP/1.", kBadLine); step != Step::kDone) return step;
  if (in->at == in->end) return Step::kMore;
  if (*in->at != '0' && *in->at != '1') return in->Fail(kBadLine);
  head->minor_version = *in->at++ - '0';
  if (Step step = in->Literal(' ', kBadLine); step != Step::kDone) return step;
  head->status = 0;
  for (int digit = 0; digit < 3; ++digit, ++in->at) {
    if (in->at == in->end) return Step::kMore;
    if (*in->at < '0' || *in->at > '9') return in->Fail(kBadLine);
    head->status = head->status * 10 + (*in->at - '0');
  }
  if (head->status < 100 || head->status > 599) return in->Fail("a status outside 100 to 599");
  if (Step step = in->Literal(' ', kBadLine); step != Step::kDone) return step;
  in->TakeValue();
  return in->LineEnd();
}

// 1xx and 204 have no body and may not announce one: an upstream that does means bytes which would
// be read as the next answer. 304 may describe the body it leaves out.
Step JudgeBodiless(Scanner* in, const FieldFacts& facts, ResponseHead* head) {
  if (head->status == 101) return in->Fail("101 to a request without Upgrade");
  bool announces = head->framing.kind == BodyKind::kChunked || head->framing.length > 0;
  if (announces && head->status != 304) return in->Fail("a body announced where none can be");
  head->framing = Framing{};
  head->keep_alive = KeepsAlive(facts, head->minor_version);
  return Step::kDone;
}

Step JudgeResponse(Scanner* in, const FieldFacts& facts, ResponseHead* head) {
  Step step = JudgeFraming(in, facts, head->minor_version, &head->framing);
  if (step != Step::kDone) return step;
  if (head->status < 200 || head->status == 204 || head->status == 304) {
    return JudgeBodiless(in, facts, head);
  }
  if (head->framing.kind == BodyKind::kNone) head->framing.kind = BodyKind::kUntilClose;
  head->keep_alive =
      head->framing.kind != BodyKind::kUntilClose && KeepsAlive(facts, head->minor_version);
  return Step::kDone;
}

Step ScanResponse(Scanner* in, const Limits& limits, ResponseHead* head) {
  head->headers.Clear();
  FieldFacts facts;
  Step step = ScanStatusLine(in, head);
  if (step == Step::kDone) step = ScanFields(in, limits.max_headers, &head->headers, &facts);
  if (step == Step::kDone) step = JudgeResponse(in, facts, head);
  return step;
}

}  // namespace

Result<size_t> ParseResponseHead(std::string_view bytes, const Limits& limits, ResponseHead* head) {
  Result<size_t> size = ScanHead(bytes, limits.max_head, kEagerBytes,
                                 [&](Scanner* in) { return ScanResponse(in, limits, head); });
  if (!size) return MakeError(Reason::kUpstreamProtocol, size.error().message);
  return size;
}

}  // namespace weir::http
