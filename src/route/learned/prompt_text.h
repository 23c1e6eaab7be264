// What the learned classifier reads of a request: the last user message without harness text, its
// head and tail when it is long, and written one way however it was disguised.
#pragma once

#include <string>
#include <string_view>

#include "chat/request.h"
#include "route/learned/substance.h"
#include "route/learned/text_features.h"
#include "route/learned/text_map.h"
#include "route/learned/tokens.h"

namespace weir::route {

inline constexpr size_t kPromptHead = 1 << 9;
inline constexpr size_t kPromptTail = 1 << 9;

// Lets go of a buffer of more than 64 KB, which only a large message needed.
void ForgetLarge(std::string* buffer);

// Keeps its buffers: one a thread. Not thread-safe.
class PromptText {
 public:
  // At most kPromptHead + kPromptTail + 1 bytes, a newline between head and tail, no blanks around
  // it. Valid until the next call and while the request's text is. Plain ASCII prose is read as it
  // stands.
  //
  // Otherwise: NFKC (full-width forms, ligatures, composed accents), code points that show nothing
  // (zero-width, joiners, direction marks, tags) left out, letters of other scripts that look Latin
  // read as Latin where most letters are Latin (Unicode TR 39 calls them confusables), runs of one
  // ASCII character cut to four and of white space to two. What says nothing of the subject or says
  // it again (substance.h) is among the cuts.
  learned::Prompt Read(const chat::Request& request);
  learned::Prompt Read(std::string_view last_user);

  // Of the text of the last call.
  const learned::LanguageTally& language() const { return substance_.language(); }

 private:
  std::string_view ToPlainForm(std::string_view text);
  std::string_view WithoutLongRuns();

  learned::TextMap map_;
  learned::Tokens tokens_;
  learned::Substance substance_;
  std::string stripped_, bounded_, composed_, plain_, rebounded_, unpadded_;
};

}  // namespace weir::route
