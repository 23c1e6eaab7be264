#include "gateway/upstream_error.h"

#include <ctime>

#include "base/strings.h"

namespace weir::gateway {
namespace {

Reason ReasonOfStatus(int status, bool context_length) {
  switch (status) {
    case 401:
    case 402:  // out of credit: as useless as a wrong key until someone acts
    case 403:
      return Reason::kUpstreamAuth;
    case 404:
      return Reason::kUpstreamNoModel;
    case 429:
      return Reason::kUpstreamRateLimit;
    case 408:
    case 409:
    case 425:
      return Reason::kUpstreamStatus;
    case 508:  // it leads back here: asking again cannot help
      return Reason::kUpstreamProtocol;
    default:
      break;
  }
  if (status >= 500) return Reason::kUpstreamStatus;
  if (status < 400) return Reason::kUpstreamProtocol;
  return context_length ? Reason::kContextTooLong : Reason::kUpstreamRejected;
}

}  // namespace

Error FromStatus(int status, const chat::UpstreamError& said) {
  std::string text = fmt::format("the upstream answered {}", status);
  if (!said.message.empty()) text += fmt::format(": {}", Utf8Prefix(said.message, 500));
  return MakeError(ReasonOfStatus(status, said.context_length), std::move(text));
}

std::chrono::milliseconds ParseRetryAfter(std::optional<std::string_view> value, WallMicros now) {
  if (!value) return {};
  std::string text(Trim(*value));
  if (std::optional<uint64_t> seconds = ParseUint(text)) {
    constexpr uint64_t kMost = kMaxRetryAfter.count() / 1000;
    return std::chrono::seconds(std::min(*seconds, kMost));
  }
  std::tm date{};
  if (strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date) == nullptr) return {};
  int64_t ahead = timegm(&date) - now / 1'000'000;
  return std::clamp(std::chrono::milliseconds(ahead * 1000), std::chrono::milliseconds(0),
                    kMaxRetryAfter);
}

Error FromIo(const net::IoResult& result, Reason on_timeout, std::string_view doing) {
  switch (result.status) {
    case net::IoStatus::kTimeout:
      return MakeError(on_timeout, fmt::format("the upstream was too slow {}", doing));
    case net::IoStatus::kCancelled:
      return MakeError(Reason::kClientGone, "the client left");
    case net::IoStatus::kTls:
      return MakeError(Reason::kUpstreamTls, fmt::format("TLS failed {}", doing));
    case net::IoStatus::kEof:
    case net::IoStatus::kReset:
    case net::IoStatus::kFailed:
    case net::IoStatus::kOk:
      break;
  }
  return MakeError(Reason::kUpstreamReset, fmt::format("the upstream closed {}", doing));
}

bool BlamesTarget(Reason reason) {
  switch (reason) {
    case Reason::kUpstreamConnect:
    case Reason::kUpstreamTls:
    case Reason::kUpstreamReset:
    case Reason::kUpstreamProtocol:
    case Reason::kUpstreamStatus:
    case Reason::kUpstreamBadAnswer:
    case Reason::kUpstreamTooLarge:
    case Reason::kStreamTruncated:
    case Reason::kConnectTimeout:
    case Reason::kFirstByteTimeout:
    case Reason::kFirstTokenTimeout:
    case Reason::kIdleTimeout:
    case Reason::kTotalTimeout:
      return true;
    default:
      return false;
  }
}

}  // namespace weir::gateway
