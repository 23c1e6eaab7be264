#include <algorithm>

#include "http/fields.h"

namespace weir::http {
namespace {

constexpr size_t kMaxMethod = 32;
constexpr std::string_view kBadLine = "a request line is `METHOD target HTTP/1.1`";

bool IsPort(std::string_view text) {
  return text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsAddressChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
         c == '.';
}

// name, IPv4 or [IPv6], each with an optional port. Percent-escapes and RFC 3986's sub-delims are
// legal in a registered name and used by nobody but attackers.
bool IsHost(std::string_view host) {
  std::string_view name = host;
  if (host.starts_with('[')) {
    size_t close = host.find(']');
    if (close == std::string_view::npos || close == 1) return false;
    name = host.substr(1, close - 1);
    if (!std::all_of(name.begin(), name.end(), IsAddressChar)) return false;
    host.remove_prefix(close + 1);
  } else {
    name = host.substr(0, host.find(':'));
    if (name.empty()) return false;
    if (!std::all_of(name.begin(), name.end(), [](char c) { return Is(kHostChar, c); })) {
      return false;
    }
    host.remove_prefix(name.size());
  }
  return host.empty() || (host.front() == ':' && IsPort(host.substr(1)));
}

Step ScanMethod(Scanner* in, RequestHead* head) {
  head->method = in->Take(kTokenChar);
  if (head->method.size() > kMaxMethod) return in->Fail("the method is too long");
  if (in->at == in->end) return Step::kMore;
  if (head->method.empty()) return in->Fail(kBadLine);
  if (head->method == "CONNECT") return in->Fail("CONNECT is not served");
  return in->Literal(' ', kBadLine);
}

// Origin-form, and `*` for OPTIONS: a gateway has no use for the forms that name another host.
Step ScanTarget(Scanner* in, size_t max_target, RequestHead* head) {
  if (in->at == in->end) return Step::kMore;
  bool star = *in->at == '*';
  if (!star && *in->at != '/') return in->Fail("the target is not a path");
  head->target = in->Take(kTargetChar);
  if (head->target.size() > max_target) {
    return in->Fail(Reason::kUriTooLong, "the target is longer than the limit");
  }
  if (star && (head->target.size() > 1 || head->method != "OPTIONS")) {
    return in->Fail("the target is not a path");
  }
  size_t mark = std::min(head->target.find('?'), head->target.size());
  head->path = head->target.substr(0, mark);
  head->query = head->target.substr(std::min(mark + 1, head->target.size()));
  return in->Literal(' ', "a control character, a space or a non-ASCII byte in the target");
}

Step ScanVersion(Scanner* in, RequestHead* head) {
  if (Step step = in->Literal("HTTP/1.", "not HTTP/1.1 or HTTP/1.0"); step != Step::kDone) {
    return step;
  }
  if (in->at == in->end) return Step::kMore;
  if (*in->at != '0' && *in->at != '1') return in->Fail("not HTTP/1.1 or HTTP/1.0");
  head->minor_version = *in->at++ - '0';
  return in->LineEnd();
}

Step JudgeHost(Scanner* in, const FieldFacts& facts, RequestHead* head) {
  if (facts.hosts > 1) return in->Fail("more than one Host");
  if (facts.hosts == 0 && head->minor_version == 1) return in->Fail("no Host");
  if (facts.hosts == 1 && !IsHost(facts.host)) return in->Fail("Host is not a host");
  head->host = facts.host;
  return Step::kDone;
}

Step JudgeRequest(Scanner* in, const FieldFacts& facts, RequestHead* head) {
  if (Step step = JudgeHost(in, facts, head); step != Step::kDone) return step;
  if (Step step = JudgeFraming(in, facts, head->minor_version, &head->framing);
      step != Step::kDone) {
    return step;
  }
  if (facts.expect_other) {
    return in->Fail(Reason::kExpectationFailed, "only `Expect: 100-continue` can be met");
  }
  head->expect_continue = facts.expect && head->minor_version == 1;
  head->keep_alive = KeepsAlive(facts, head->minor_version);
  head->upgrade = facts.upgrade;
  return Step::kDone;
}

Step ScanRequest(Scanner* in, const Limits& limits, RequestHead* head) {
  head->headers.Clear();
  FieldFacts facts;
  Step step = ScanMethod(in, head);
  if (step == Step::kDone) step = ScanTarget(in, limits.max_target, head);
  if (step == Step::kDone) step = ScanVersion(in, head);
  if (step == Step::kDone) step = ScanFields(in, limits.max_headers, &head->headers, &facts);
  if (step == Step::kDone) step = JudgeRequest(in, facts, head);
  return step;
}

}  // namespace

Result<size_t> ParseRequestHead(std::string_view bytes, const Limits& limits, RequestHead* head) {
  // Room for the longest method, a target over its limit and the two spaces: an over-long request
  // line shows itself inside the eager part.
  size_t eager = limits.max_target + kMaxMethod + 2;
  return ScanHead(bytes, limits.max_head, eager,
                  [&](Scanner* in) { return ScanRequest(in, limits, head); });
}

}  // namespace weir::http
