// Boost.Beast's reading of a whole stream of requests, bodies and all: the second opinion on where
// each request ends.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "testing/framing.h"

namespace weir::fuzz {

class BeastRequest final : public boost::beast::http::basic_parser<true> {
 public:
  BeastRequest() {
    header_limit(1 << 20);
    body_limit(boost::none);
    eager(true);
  }
  // Takes the first request off `bytes`; nullopt when it is bad or not whole.
  std::optional<FramedRequest> Take(std::string_view* bytes) {
    boost::beast::error_code ec;
    while (!is_done() && !bytes->empty()) {
      const size_t used = put(boost::asio::buffer(bytes->data(), bytes->size()), ec);
      if (ec || used == 0) return std::nullopt;
      bytes->remove_prefix(used);
    }
    if (!is_done()) return std::nullopt;
    return std::move(request_);
  }

 private:
  using Text = boost::beast::string_view;
  using ErrorCode = boost::beast::error_code;

  void on_request_impl(boost::beast::http::verb, Text method, Text target, int version,
                       ErrorCode&) override {
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
    request_.minor_version = version - 10;
  }
  void on_response_impl(int, Text, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field, Text name, Text value, ErrorCode&) override {
    if (in_body_) return;  // a trailer
    request_.headers.emplace_back(std::string(name.data(), name.size()),
                                  Trim(std::string_view(value.data(), value.size())));
  }
  void on_header_impl(ErrorCode&) override { in_body_ = true; }
  void on_body_init_impl(boost::optional<uint64_t> const&, ErrorCode&) override {}
  size_t on_body_impl(Text body, ErrorCode&) override { return Append(body); }
  void on_chunk_header_impl(uint64_t, Text, ErrorCode&) override {}
  size_t on_chunk_body_impl(uint64_t, Text body, ErrorCode&) override { return Append(body); }
  void on_finish_impl(ErrorCode&) override {}

  size_t Append(Text body) {
    request_.body.append(body.data(), body.size());
    return body.size();
  }

  FramedRequest request_;
  bool in_body_ = false;
};

// The whole requests at the front of `bytes`, at most `limit`.
inline std::vector<FramedRequest> ReadByBeast(std::string_view bytes, size_t limit) {
  std::vector<FramedRequest> requests;
  while (requests.size() < limit) {
    std::optional<FramedRequest> request = BeastRequest().Take(&bytes);
    if (!request) break;
    requests.push_back(*std::move(request));
  }
  return requests;
}

}  // namespace weir::fuzz
