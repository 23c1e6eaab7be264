// What the learned classifier reads of a request: the last user message without harness text, its
// head and tail when it is long, and written one way however it was disguised.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chat/request.h"
#include "route/learned/substance.h"

namespace weir::route {

inline constexpr size_t kPromptHead = 2 << 10;
inline constexpr size_t kPromptTail = 2 << 10;

// Keeps its buffers: one a thread. Not thread-safe.
class PromptText {
 public:
  // At most kPromptHead + kPromptTail + 1 bytes, a newline between head and tail. Valid until the
  // next call and while the request's text is. Plain ASCII prose is returned as it stands.
  //
  // Otherwise: NFKC (full-width forms, ligatures, composed accents), code points that show nothing
  // (zero-width, joiners, direction marks, tags) left out, letters of other scripts that look Latin
  // read as Latin where most letters are Latin (Unicode TR 39 calls them confusables), runs of one
  // character cut to four and of white space to two, lines and sentences that repeat an earlier
  // one left out, and so is what says nothing of the subject (substance.h).
  std::string_view Read(const chat::Request& request);
  std::string_view Read(std::string_view last_user);

  // Of the text of the last call.
  const learned::LanguageTally& language() const { return substance_.language(); }

 private:
  std::string_view ToPlainForm(std::string_view text);
  std::string_view WithoutPadding(std::string_view text);

  // Whether this request has not said it before.
  bool IsNew(std::string_view sentence);

  learned::Substance substance_;
  static constexpr size_t kSaid = 4096;
  std::string stripped_, bounded_, composed_, plain_, unpadded_;
  std::vector<uint64_t> said_ = std::vector<uint64_t>(kSaid);  // open addressing; 0: free
  std::vector<size_t> said_slots_;                             // those in use
};

}  // namespace weir::route
