// The part of a prompt that tells what it asks for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "route/learned/plain_words.h"

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
  // `text` without
  // - sentences, lines, labels and brackets of plain words alone: courtesy, effort, praise,
  // commands
  //   without an object, words to whatever routes the request;
  // - lists of words without grammar that are a sentence of their own or stand at an end of the
  // text;
  //   where there is no other subject, the word next to the rest stays.
  // A text that has nothing else is returned as it is. Valid until the next call and while `text`
  // is. O(text).
  std::string_view Of(std::string_view text);

  // Of the text of the last call.
  const LanguageTally& language() const { return language_; }

 private:
  struct Cut {
    uint32_t begin, end;
  };
  // Words in a row without grammar between them.
  struct Run {
    uint32_t begin = 0, end = 0;
    uint32_t first_end = 0, last_begin = 0;
    uint32_t words = 0, weight = 0;
  };
  struct Sentence {
    uint32_t begin = 0;
    uint32_t subject = 0;  // words and numbers that are not plain
    uint32_t grammar = 0;  // function words
    uint32_t numbers = 0;
    bool has_words = false;
    bool routing = false;
    bool listed = false;  // has a list
  };

  size_t ReadWord(std::string_view text, size_t at);
  size_t ReadCjk(std::string_view text, size_t at);
  size_t ReadSign(std::string_view text, size_t at);
  void AddPlain(uint32_t flags);
  void AddToRun(size_t begin, size_t end, uint32_t weight);
  void TallyLanguage(uint32_t flags, size_t start, size_t end);
  void CloseRun();
  void CutListsAtTheEnds();
  void CloseSentence(size_t end, bool label);
  std::string_view WithoutCuts(std::string_view text);

  const WordTable& words_ = PlainWords();
  std::string_view text_;
  std::vector<Cut> cuts_;
  Sentence sentence_;
  Run run_, first_list_, last_list_;
  LanguageTally language_;
  uint32_t subject_ = 0;  // of all sentences kept
  std::string kept_;
};

}  // namespace weir::route::learned
