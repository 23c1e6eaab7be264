#include "http/write.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <span>

#include "base/strings.h"
#include "http/chars.h"

namespace weir::http {
namespace {

struct StatusRow {
  int status;
  std::string_view text;
};

constexpr StatusRow kStatusRows[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {424, "Failed Dependency"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {499, "Client Closed Request"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {508, "Loop Detected"},
    {529, "Overloaded"},
};

constexpr std::string_view kToUpstream[] = {
    "accept",      "anthropic-beta",      "anthropic-version", "http-referer", "idempotency-key",
    "openai-beta", "openai-organization", "openai-project",    "traceparent",  "tracestate",
    "user-agent",  "x-client-request-id", "x-request-id",      "x-title",
};
constexpr std::string_view kToUpstreamPrefixes[] = {"x-stainless-"};

constexpr std::string_view kToClient[] = {
    "content-type", "openai-model",   "openai-processing-ms", "openai-version", "request-id",
    "retry-after",  "retry-after-ms", "x-request-id",         "x-should-retry",
};
constexpr std::string_view kToClientPrefixes[] = {"anthropic-ratelimit-", "x-ratelimit-"};

bool Listed(std::string_view name, std::span<const std::string_view> names,
            std::span<const std::string_view> prefixes) {
  auto equal = [name](std::string_view row) { return EqualsIgnoreCase(name, row); };
  auto begins = [name](std::string_view row) {
    return name.size() > row.size() && StartsWithIgnoreCase(name, row);
  };
  return std::any_of(names.begin(), names.end(), equal) ||
         std::any_of(prefixes.begin(), prefixes.end(), begins);
}

// Appends the characters of `text` that `keep` lets through; in one go when it is all of them.
template <class Keep>
void AppendKept(std::string* out, std::string_view text, Keep keep) {
  if (std::all_of(text.begin(), text.end(), keep)) {
    out->append(text);
  } else {
    std::copy_if(text.begin(), text.end(), std::back_inserter(*out), keep);
  }
}

bool IsShown(char c) {
  return Is(kValueChar, c) && c != '\t';
}

bool AreShown(std::string_view text) {
  while (text.size() >= 8 && !MayHoldControl(text.data())) text.remove_prefix(8);
  return std::all_of(text.begin(), text.end(), IsShown);
}

// "name: value\r\n"; the string grows once.
void AppendLine(std::string* out, std::string_view name, std::string_view value) {
  const size_t begin = out->size();
  out->resize(begin + name.size() + value.size() + 4);
  char* at = out->data() + begin;
  std::memcpy(at, name.data(), name.size());
  at += name.size();
  *at++ = ':';
  *at++ = ' ';
  if (!value.empty()) std::memcpy(at, value.data(), value.size());
  at += value.size();
  *at++ = '\r';
  *at = '\n';
}

void AppendNumber(std::string* out, uint64_t value, int base) {
  std::array<char, 20> digits;
  auto [end, ec] = std::to_chars(digits.data(), digits.data() + digits.size(), value, base);
  out->append(digits.data(), static_cast<size_t>(end - digits.data()));
}

}  // namespace

std::string_view StatusText(int status) {
  auto row = std::lower_bound(std::begin(kStatusRows), std::end(kStatusRows), status,
                              [](const StatusRow& r, int wanted) { return r.status < wanted; });
  return row != std::end(kStatusRows) && row->status == status ? row->text : "Unknown";
}

HeadWriter& HeadWriter::Status(int status) {
  out_->append("HTTP/1.1 ");
  AppendNumber(out_, static_cast<uint64_t>(status), 10);
  out_->append(" ").append(StatusText(status)).append("\r\n");
  return *this;
}

HeadWriter& HeadWriter::RequestLine(std::string_view method, std::string_view path,
                                    std::string_view query) {
  AppendVisible(method);
  out_->push_back(' ');
  AppendVisible(path);
  if (!query.empty()) {
    out_->push_back('?');
    AppendVisible(query);
  }
  out_->append(" HTTP/1.1\r\n");
  return *this;
}

HeadWriter& HeadWriter::Field(std::string_view name, std::string_view value) {
  if (AreShown(value)) {
    AppendLine(out_, name, value);
    return *this;
  }
  std::string shown;
  std::copy_if(value.begin(), value.end(), std::back_inserter(shown), IsShown);
  AppendLine(out_, name, shown);
  return *this;
}

HeadWriter& HeadWriter::Field(std::string_view name, uint64_t value) {
  std::array<char, 20> digits;
  const char* end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  AppendLine(out_, name, {digits.data(), static_cast<size_t>(end - digits.data())});
  return *this;
}

void HeadWriter::End() {
  out_->append("\r\n");
}

void HeadWriter::AppendVisible(std::string_view text) {
  AppendKept(out_, text, [](char c) { return Is(kTargetChar, c); });
}

void AppendChunkSize(std::string* out, size_t size) {
  AppendNumber(out, size, 16);
  out->append("\r\n");
}

void AppendChunk(std::string* out, std::string_view data) {
  if (data.empty()) return;
  AppendChunkSize(out, data.size());
  out->append(data).append("\r\n");
}

bool MayForwardToUpstream(std::string_view request_header) {
  return Listed(request_header, kToUpstream, kToUpstreamPrefixes);
}

bool MayForwardToClient(std::string_view response_header) {
  return Listed(response_header, kToClient, kToClientPrefixes);
}

}  // namespace weir::http
