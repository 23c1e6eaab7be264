#include "gateway/client_stream.h"

#include "http/write.h"

namespace weir::gateway {

ClientStream::ClientStream(net::ServerConnection& connection, std::string early_headers)
    : connection_(connection),
      early_headers_(std::move(early_headers)),
      chunked_(connection.head().minor_version >= 1),
      next_tick_(connection.worker().clock().Steady() + kPatience) {
  if (!chunked_) connection_.CloseAfterResponse();
}

net::Task<bool> ClientStream::Tick() {
  return Send(early_headers_, ": keep-alive\n\n", false);
}

net::Task<bool> ClientStream::Write(std::string_view headers, std::string_view bytes) {
  if (lead_ != nullptr) lead_->Append(bytes);
  return Send(headers, bytes, false);
}

net::Task<bool> ClientStream::Finish(std::string_view headers, std::string_view bytes) {
  return Send(headers, bytes, true);
}

net::Task<bool> ClientStream::Send(std::string_view headers, std::string_view bytes, bool last) {
  next_tick_ = connection_.worker().clock().Steady() + kPatience;
  if (copy_ != nullptr) copy_->append(bytes.substr(0, most_ - std::min(most_, copy_->size())));
  if (transcript_ != nullptr && !last) transcript_->TakeEvents(bytes);
  std::optional<SpareString> head;
  if (!head_sent_) {
    WriteHead(headers, &*head.emplace(connection_.worker().spares()));
    head_sent_ = true;
    std::string().swap(early_headers_);  // an open stream does without
  }
  std::string size;
  if (chunked_ && !bytes.empty()) http::AppendChunkSize(&size, bytes.size());
  std::string_view tail = chunked_ && !bytes.empty() ? "\r\n" : "";
  std::array<std::string_view, 5> pieces{head ? **head : std::string_view(), size, bytes, tail,
                                         chunked_ && last ? http::kLastChunk : std::string_view()};
  bool sent = co_await connection_.Send(pieces);
  co_return sent || (lead_ != nullptr && lead_->followed());
}

void ClientStream::WriteHead(std::string_view headers, std::string* head) const {
  http::HeadWriter writer(head);
  writer.Status(200);
  writer.Field("content-type", "text/event-stream; charset=utf-8");
  writer.Field("cache-control", "no-cache");
  if (chunked_) writer.Field("transfer-encoding", "chunked");
  if (!connection_.keep_alive()) writer.Field("connection", "close");
  *head += headers;
  writer.End();
}

}  // namespace weir::gateway
