// Boost.Beast's tokeniser as a second opinion on heads. For tests and fuzz targets only: what Weir
// accepts, Beast must accept with the same fields and the same framing. (Not the other way round:
// Beast takes much that Weir refuses, see docs/adr/0003.)
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "http/head.h"

namespace weir::http {

template <bool kRequest>
class BeastOracle final : public boost::beast::http::basic_parser<kRequest> {
 public:
  // An empty text when both agree, else what differs.
  static std::string Compare(std::string_view bytes, const HeaderList& headers,
                             const Framing& framing, bool keep_alive) {
    BeastOracle beast;
    beast.header_limit(1 << 20);
    beast.body_limit(boost::none);
    boost::beast::error_code ec;
    size_t size = beast.put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
    if (ec) return "Beast refuses: " + ec.message();
    if (!beast.is_header_done() || size != bytes.size()) return "Beast ends the head elsewhere";
    if (keep_alive && !beast.keep_alive()) return "Beast closes";
    std::string differs = beast.CompareFields(headers);
    return differs.empty() ? beast.CompareFraming(framing) : differs;
  }

 private:
  using Text = boost::beast::string_view;
  using ErrorCode = boost::beast::error_code;

  std::string CompareFields(const HeaderList& headers) const {
    if (fields_.size() != headers.all().size()) return "Beast counts other fields";
    for (size_t i = 0; i < fields_.size(); ++i) {
      const Header& header = headers.all()[i];
      if (fields_[i].first != header.name) return "Beast reads another name";
      if (Trim(fields_[i].second) != header.value) return "Beast reads another value";
    }
    return {};
  }

  std::string CompareFraming(const Framing& framing) const {
    switch (framing.kind) {
      case BodyKind::kNone:
        return this->is_done() ? "" : "Beast sees a body";
      case BodyKind::kChunked:
        return this->chunked() && !this->is_done() ? "" : "Beast sees no chunks";
      case BodyKind::kUntilClose:
        return this->need_eof() ? "" : "Beast sees an end";
      case BodyKind::kLength:
        break;
    }
    boost::optional<uint64_t> length = this->content_length();
    bool same = !this->chunked() && length && *length == framing.length;
    return same ? "" : "Beast reads another length";
  }

  void on_request_impl(boost::beast::http::verb, Text, Text, int, ErrorCode&) override {}
  void on_response_impl(int, Text, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field, Text name, Text value, ErrorCode&) override {
    fields_.emplace_back(std::string(name.data(), name.size()),
                         std::string(value.data(), value.size()));
  }
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(boost::optional<uint64_t> const&, ErrorCode&) override {}
  size_t on_body_impl(Text body, ErrorCode&) override { return body.size(); }
  void on_chunk_header_impl(uint64_t, Text, ErrorCode&) override {}
  size_t on_chunk_body_impl(uint64_t, Text body, ErrorCode&) override { return body.size(); }
  void on_finish_impl(ErrorCode&) override {}

  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace weir::http
