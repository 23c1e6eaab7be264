#include "json/error_body.h"

#include "base/secret.h"
#include "base/strings.h"
#include "json/write.h"

namespace weir::json {
namespace {

constexpr size_t kMaxMessage = 2 << 10;
constexpr size_t kMaxParam = 256;

}  // namespace

std::string ErrorBody(const Error& error) {
  std::string message = ScrubSecrets(error.message);
  std::string body;
  Writer writer(&body);
  writer.BeginObject();
  writer.Key("error");
  writer.BeginObject();
  writer.Key("message");
  writer.String(Utf8Prefix(message, kMaxMessage));
  writer.Key("type");
  writer.String(Traits(error.reason).type);
  writer.Key("param");
  if (error.param.empty()) {
    writer.Null();
  } else {
    writer.String(Utf8Prefix(ScrubSecrets(error.param), kMaxParam));
  }
  writer.Key("code");
  writer.String(Traits(error.reason).code);
  writer.EndObject();
  writer.EndObject();
  return body;
}

}  // namespace weir::json
