// Finds the message in the error bodies of many vendors.
#pragma once

#include <string>
#include <string_view>

#include "chat/reply.h"
#include "json/scan.h"

namespace weir::chat {

struct ErrorText {
  std::string message;
  std::string type;
  std::string code;
  std::string cause;              // a nested provider's own words (OpenRouter's metadata.raw)
  bool explicit_message = false;  // `message` came from a member of that name
};

// Consumes the value at the cursor: an error object, a bare text, or an array of them. What was
// read before a broken place counts.
void ReadErrorValue(json::Cursor* cursor, ErrorText* text);
// A whole body or stream event: {"error": …}, {"message": …}, {"detail": …}, [{"error": …}], …
void ReadErrorBody(json::Cursor* cursor, ErrorText* text);

// Whether this says that the prompt does not fit the model's window.
bool SaysContextLength(int status, const ErrorText& text);

// A title of an HTML page, or the text itself, bounded.
std::string PlainErrorText(int status, std::string_view body);

}  // namespace weir::chat
