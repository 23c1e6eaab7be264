#include "chat/error_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace weir::chat {
namespace {

using json::Kind;
using json::StringToken;

constexpr size_t kMessageBytes = 1024;
constexpr size_t kWordBytes = 128;

template <size_t N>
bool IsOneOf(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 4> kMessageNames = {"message", "msg", "error_msg",
                                                           "error_message"};
constexpr std::array<std::string_view, 3> kNestedNames = {"error", "errors", "detail"};

constexpr std::array<std::string_view, 5> kContextCodes = {
    "context_length_exceeded", "string_above_max_length", "exceed_context_size_error",
    "context_window_exceeded", "1261"};

// Lower case, as the vendors word it; the vendor where it was seen.
constexpr std::array<std::string_view, 22> kContextPhrases = {
    "maximum context length",                // OpenAI, DeepSeek, vLLM, Mistral
    "context window",                        // OpenAI Responses
    "context length exceeded",               // llama-server, LM Studio
    "context_length_exceeded",               // quoted inside another error
    "exceed context limit",                  // Anthropic
    "exceeds the available context",         // llama.cpp
    "available context size",                // llama.cpp
    "prompt is too long",                    // Anthropic, Fireworks
    "input is too long",                     // Bedrock
    "too many tokens",                       // Cohere
    "exceeds the maximum number of tokens",  // Gemini
    "maximum prompt length",                 // xAI
    "range of input length should be",       // Qwen
    "exceeded model token limit",            // Moonshot
    "exceeds max length",                    // Zhipu
    "prompt 超长",                           // Zhipu
    "reduce the length of the messages",     // Groq, OpenAI
    "tokens` + `max_new_tokens` must be",    // TGI, Together
    "input length exceeds",                  // SGLang
    "longer than the model's context",       // SGLang
    "maximum input length",                  // embeddings servers
    "maximum allowed input length",          // Volcengine, TEI
};

void Assign(const StringToken& token, size_t max_bytes, std::string* out) {
  out->clear();
  json::AppendUnescaped(token, out, max_bytes);
}

class ErrorReader {
 public:
  ErrorReader(json::Cursor* cursor, ErrorText* text) : cursor_(*cursor), text_(*text) {}

  void ReadValue() {
    std::string_view key;
    switch (cursor_.kind()) {
      case Kind::kString:
        TakeMessage(false);
        break;
      case Kind::kArray:
        cursor_.EnterArray();
        while (cursor_.NextElement()) ReadValue();
        break;
      case Kind::kObject:
        cursor_.EnterObject();
        while (cursor_.NextMember(&key)) ReadMember(key);
        break;
      default:
        cursor_.Skip();
    }
  }

 private:
  void TakeMessage(bool explicit_name) {
    StringToken token = cursor_.String();
    bool better = text_.message.empty() || (explicit_name && !text_.explicit_message);
    if (token.bytes == 0 || !better) return;
    Assign(token, kMessageBytes, &text_.message);
    text_.explicit_message = explicit_name;
  }

  void TakeWord(std::string* word) {
    if (cursor_.kind() == Kind::kString) {
      StringToken token = cursor_.String();
      if (word->empty()) Assign(token, kWordBytes, word);
    } else if (cursor_.kind() == Kind::kNumber) {
      std::string_view number = cursor_.Number();
      if (word->empty()) *word = number.substr(0, kWordBytes);
    } else {
      cursor_.Skip();
    }
  }

  void ReadMember(std::string_view name) {
    bool is_string = cursor_.kind() == Kind::kString;
    if (IsOneOf(name, kMessageNames) && is_string) {
      TakeMessage(true);
    } else if (name == "raw" && is_string) {
      Assign(cursor_.String(), kMessageBytes, &text_.cause);
    } else if (IsOneOf(name, kNestedNames) || name == "metadata" || name == "message") {
      ReadValue();
    } else if (name == "code" || name == "error_code") {
      TakeWord(&text_.code);
    } else if (name == "type" || (name == "status" && is_string)) {
      TakeWord(&text_.type);
    } else {
      cursor_.Skip();
    }
  }

  json::Cursor& cursor_;
  ErrorText& text_;
};

bool HasContextPhrase(std::string_view message) {
  std::string lower = AsciiLower(message);
  return std::any_of(kContextPhrases.begin(), kContextPhrases.end(), [&](std::string_view phrase) {
    return lower.find(phrase) != std::string::npos;
  });
}

std::string_view HtmlTitle(std::string_view page) {
  constexpr std::string_view kOpen = "<title", kClose = "</title";
  std::string lower = AsciiLower(page.substr(0, 4096));
  size_t open = lower.find(kOpen);
  if (open == std::string::npos) return {};
  size_t begin = lower.find('>', open);
  size_t end = begin == std::string::npos ? begin : lower.find(kClose, begin);
  if (end == std::string::npos) return {};
  return Trim(page.substr(begin + 1, end - begin - 1));
}

}  // namespace

void ReadErrorValue(json::Cursor* cursor, ErrorText* text) {
  ErrorReader(cursor, text).ReadValue();
}
void ReadErrorBody(json::Cursor* cursor, ErrorText* text) {
  ErrorReader(cursor, text).ReadValue();
}

bool SaysContextLength(int status, const ErrorText& text) {
  // There the same words speak of rates ("too many tokens per minute") or keys.
  if (status == 401 || status == 403 || status == 429) return false;
  return IsOneOf(text.code, kContextCodes) || IsOneOf(text.type, kContextCodes) ||
         HasContextPhrase(text.message) || HasContextPhrase(text.cause);
}

std::string PlainErrorText(int status, std::string_view body) {
  std::string_view text = Trim(body.substr(0, 64 << 10));
  std::string_view title = text.starts_with('<') ? HtmlTitle(text) : text;
  if (title.empty()) return fmt::format("the upstream answered {} without a message", status);
  return std::string(Utf8Prefix(title, kMessageBytes));
}

}  // namespace weir::chat
