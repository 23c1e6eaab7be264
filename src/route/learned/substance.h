// The part of a prompt that tells what it asks for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "route/learned/said.h"
#include "route/learned/text_map.h"
#include "route/learned/tokens.h"

namespace weir::route::learned {

// Words of a text by the language that they tell; words that tell none count in `all` only.
struct LanguageTally {
  uint32_t all = 0;
  uint32_t english = 0;
  uint32_t foreign = 0;  // of another language in Latin script
  uint32_t code = 0;     // signs that programs have and prose has not
  bool english_first = false;
};

// Keeps its buffers: one a thread. Not thread-safe.
class Substance {
 public:
  // What may go of a text:
  // - sentences, lines, labels and brackets of plain words alone: courtesy, effort, praise, words
  //   to whatever routes the request, commands without an object;
  // - lists of words without grammar that are a sentence of their own or stand at an end; where
  //   there is no other subject, the word next to the rest stays;
  // - sentences that were said before.
  // Nothing of a text that has nothing else. In the text's order; valid until the next call.
  // O(text).
  std::span<const Cut> Around(const TextMap& text, std::span<const Token> tokens);

  // Of the text of the last call.
  const LanguageTally& language() const { return language_; }

 private:
  // Words in a row without grammar between them, by their tokens.
  struct Run {
    uint32_t words = 0;
    uint32_t subject = 0;               // of Sentence::subject
    uint32_t first = 0, first_end = 0;  // of its first word
    uint32_t last_begin = 0, last = 0;  // of its last one
  };
  // A run so long that nobody writes it; bytes.
  struct List {
    uint32_t words = 0;
    uint32_t subject = 0;
    uint32_t begin = 0, end = 0;
    uint32_t first_end = 0, last_begin = 0;
  };
  struct Sentence {
    uint64_t hash = 0;
    uint32_t begin = 0;
    uint32_t subject = 0;  // words and numbers that are not plain
    uint32_t grammar = 0;  // function words
    uint32_t numbers = 0;
    bool has_words = false;
    bool routing = false;
    bool listed = false;  // has a list
  };

  void Reset(const TextMap& text, std::span<const Token> tokens);
  // The token at an index.
  void ReadWord(size_t at);
  void ReadSign(size_t at);
  // A run of CJK characters; returns where it ends.
  size_t ReadCjk(size_t at);
  void ReadPlain(size_t at, uint32_t plain);
  void AddToRun(size_t first, size_t last, uint32_t subject);
  void Hash(const Token& token);
  bool IsContent(const Token& word) const;
  bool IsRepeated(const Sentence& sentence, size_t end);
  bool FollowsCjk(size_t at) const;
  bool IsAcronym(const Token& word) const;
  uint32_t WeightOf(const Token& word) const;
  bool IsList(const Run& run) const;
  void TallyLanguage(const Token& word, uint32_t plain);
  void CloseRun();
  void CloseList(const Run& run);
  void CutListsAtTheEnds();
  void InsertCut(Cut cut);
  void CloseSentence(size_t end, bool label);

  const TextMap* map_ = nullptr;
  std::string_view text_;
  std::vector<Cut> cuts_;
  Sentence sentence_;
  std::span<const Token> tokens_;
  Run run_;
  List first_list_, last_list_;
  LanguageTally language_;
  Said said_;
  uint32_t subject_ = 0;  // of all sentences kept
};

}  // namespace weir::route::learned
