// A TLS server on loopback with a thread of its own, one connection at a time, well or badly
// behaved. It keeps every byte of plain text it was sent.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "testing/certificates.h"

namespace weir {

class TlsPeer {
 public:
  enum class Manner : uint8_t {
    kEcho,            // sends back what it reads, until the client ends
    kPush,            // sends "push" unasked, then reads
    kHold,            // after the handshake reads nothing before Release()
    kCut,             // sends "cut", then closes without close_notify
    kGoodbye,         // sends "bye", then close_notify
    kStall,           // never answers the ClientHello
    kEndInHandshake,  // closes after half a ServerHello
    kPlaintext,       // answers in plain HTTP
    kOldVersions,     // TLS 1.1 at most
    kHugeRecord,      // answers the ClientHello with a record of 64 KiB
    kHugeRecordLate,  // sends one after the handshake
    kRenegotiate,     // TLS 1.2; asks for a new handshake after the first, then as kEcho
  };

  TlsPeer(const Identity& identity, Manner manner);
  ~TlsPeer();
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  uint16_t port() const { return port_; }
  void Release();
  // Plain text of all connections, once `connections` of them have ended.
  std::string PlainTextAfter(int connections);
  int accepted();
  int resumed();
  int renegotiated();  // handshakes of kRenegotiate that the client went along with

 private:
  void Serve();
  void ServeOne(int fd);
  void AfterHandshake(SSL* ssl);
  void Echo(SSL* ssl, bool answer);
  void EndInHandshake(int fd);
  void Renegotiate(SSL* ssl);

  const Manner manner_;
  std::unique_ptr<SSL_CTX, OpenSslFree> context_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string plain_text_;
  int accepted_ = 0;
  int ended_ = 0;
  int resumed_ = 0;
  int renegotiated_ = 0;
  int current_ = -1;
  bool released_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace weir
