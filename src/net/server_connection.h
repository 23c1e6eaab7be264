// One client connection: reads requests (keep-alive, pipelining, Expect), hands each to a handler,
// and watches the client while the handler works, so that a client that leaves cancels its
// upstream.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/body.h"
#include "http/head.h"
#include "net/bytes.h"
#include "net/read_ahead.h"
#include "net/stream.h"
#include "net/task.h"
#include "net/worker.h"

namespace weir::net {

struct ServerLimits {
  http::Limits head;
  uint64_t max_body = 32 << 20;
  std::chrono::milliseconds read_timeout{30'000};   // for a client to send its request
  std::chrono::milliseconds idle_timeout{75'000};   // between requests of a kept connection
  std::chrono::milliseconds write_timeout{60'000};  // for a client to take what was written
};

class ServerConnection;

// What answers a request that no handler saw.
struct Refusal {
  std::string headers;  // ready lines
  std::string body;     // JSON
};

// Outlives its connections.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  virtual ServerLimits limits() = 0;
  // Judges the head before any of the body is read. An error is answered and the connection closed
  // when a body was announced.
  virtual Result<void> Admit(const http::RequestHead& head) = 0;
  // Answers the request through `connection`. Exactly one response.
  virtual Task<void> Handle(ServerConnection& connection) = 0;
  // Once for each request that is answered without Handle(): malformed, not admitted, too large,
  // too slow. `head` is nullptr when it could not be read whole.
  virtual Refusal Refuse(const Error& error, const http::RequestHead* head) = 0;
  // True while draining: the connection closes after its response.
  virtual bool draining() = 0;
  virtual void OnClosed(ServerConnection* connection) = 0;  // the last call
};

class ServerConnection : ReadAhead::Watcher {
 public:
  ServerConnection(Worker& worker, std::unique_ptr<Stream> stream, RequestHandler& handler);
  ~ServerConnection() override = default;
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  // Serves until the connection ends, then tells the handler and frees itself.
  static void Start(std::unique_ptr<ServerConnection> connection);

  // For the handler, while Handle() runs.
  Worker& worker() { return worker_; }
  const http::RequestHead& head() const { return head_; }
  std::string_view body() const { return body_.view(); }  // 64 bytes behind it are readable
  void FreeBody() { body_.Free(); }
  CancelToken& cancel() { return cancel_; }   // fires when the client leaves
  bool client_gone() const { return gone_; }  // it left, or does not take what is written
  bool keep_alive() const;                    // what the response's Connection header must say
  void CloseAfterResponse() { close_ = true; }
  SteadyTime request_began() const { return request_began_; }  // its first byte
  SteadyTime request_whole() const { return request_whole_; }  // its last byte

  // Writes the pieces; false when the client is gone or too slow (then nothing more can be sent).
  Task<bool> Send(std::span<const std::string_view> pieces);
  Task<bool> Send(std::string_view bytes);
  // A whole response with Content-Length. `extra` are ready header lines ("a: b\r\n…").
  Task<bool> Respond(int status, std::string_view content_type, std::string_view extra,
                     std::string_view body);

  // Ends the request being served (its handler sees a cancel while client_gone() stays false; a
  // pending Send() fails, a later one is given a moment) and the connection after it.
  void Abort();
  // Drain: closes now when no request is being served; else after the current one.
  void CloseWhenIdle();

 private:
  Task<void> Run();
  Task<bool> ReadHead();
  bool TakeBodyAtHand();
  void ClearBody();
  Task<bool> ReadBody();
  // False: the client left or took too long. An error: the request is to be refused with it.
  Task<Result<bool>> ReadFramedBody();
  Task<bool> ReadSizedBody(uint64_t length);
  Task<Result<bool>> ReadChunkedBody();
  void BeginServing();
  void EndServing();
  Task<bool> Refuse(Error error);
  Task<void> Linger();
  void EndRequest();
  void DropDecoded(size_t head_size);
  void MakeRoom(size_t bytes);
  void OnReadAhead() override;

  Worker& worker_;
  std::unique_ptr<Stream> stream_;
  RequestHandler& handler_;
  ReadAhead ahead_;
  ServerLimits limits_;  // as the current request found them
  http::RequestHead head_;
  Bytes body_;
  size_t consumed_ = 0;  // bytes of ahead_ that belong to the current request
  CancelToken cancel_;
  bool head_live_ = false;  // head_ is whole; its views point into ahead_
  bool serving_ = false;
  bool sending_ = false;
  bool broken_ = false;   // nothing more can be sent
  bool gone_ = false;     // broken by the client
  bool aborted_ = false;  // by us
  bool close_ = false;
  int answered_ = 0;
  SteadyTime request_began_;
  SteadyTime request_whole_;
};

}  // namespace weir::net
