// Who may come in: the one place where the admin plane authenticates.
#pragma once

#include <string>

#include "base/hash.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/head.h"

namespace weir::admin {

class Door {
 public:
  // `listen_host` is the listener's IP literal. With an empty key nobody comes in.
  Door(const Secret& key, std::string listen_host);

  // kForbidden for a Host that is not this machine's or an Origin that is not this site; else
  // kUnauthorized unless the key stands in exactly one of `Authorization: Bearer` and `x-api-key`.
  // The key is compared as a digest, in constant time, whatever was sent.
  Result<void> Enter(const http::RequestHead& head) const;

 private:
  bool Fits(std::string_view key) const;

  Sha256Digest key_{};
  bool closed_;
  std::string listen_host_;
};

}  // namespace weir::admin
