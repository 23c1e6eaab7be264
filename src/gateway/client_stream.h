// The client's side of a stream: headers wait for the first content event; after kPatience of
// silence they go out without x-weir-model, and a comment keeps the line alive every kPatience from
// then on.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "gateway/lead.h"
#include "gateway/transcript.h"
#include "net/server_connection.h"

namespace weir::gateway {

class ClientStream {
 public:
  static constexpr auto kPatience = std::chrono::seconds(10);

  // `early_headers`: ready header lines that are known before an answer is (x-weir-id …).
  ClientStream(net::ServerConnection& connection, std::string early_headers);

  // What Write() sends is recorded too; while others follow the recording, a client that has left
  // does not count.
  void RecordInto(Lead* lead) { lead_ = lead; }
  // What is sent is copied too, up to `most` bytes; `copy` outlives this.
  void KeepInto(std::string* copy, size_t most) {
    copy_ = copy;
    most_ = most;
  }
  // Or what it says is noted there; may be null.
  void NoteInto(Transcript* transcript) { transcript_ = transcript; }
  bool head_sent() const { return head_sent_; }
  // When Tick() is due.
  SteadyTime next_tick() const { return next_tick_; }
  // Sends a comment (and the head before it, when it has not gone out). False: the client is gone.
  net::Task<bool> Tick();
  // Sends `bytes` of events; the head first, with `headers` (ready lines, early ones included).
  net::Task<bool> Write(std::string_view headers, std::string_view bytes);
  // The last bytes and the end of the body.
  net::Task<bool> Finish(std::string_view headers, std::string_view bytes);

 private:
  net::Task<bool> Send(std::string_view headers, std::string_view bytes, bool last);
  void WriteHead(std::string_view headers, std::string* head) const;

  net::ServerConnection& connection_;
  std::string early_headers_;
  Lead* lead_ = nullptr;
  std::string* copy_ = nullptr;
  size_t most_ = 0;
  Transcript* transcript_ = nullptr;
  bool chunked_;
  bool head_sent_ = false;
  SteadyTime next_tick_;
};

}  // namespace weir::gateway
