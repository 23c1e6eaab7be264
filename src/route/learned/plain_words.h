// Words that say nothing of a prompt's subject, and words that tell a language.
#pragma once

#include "route/learned/word_table.h"

namespace weir::route::learned {

enum PlainWord : uint32_t {
  kFunctionWord = 1,   // English grammar
  kEmptyWord = 2,      // politeness, effort, praise, bare commands: true of any request
  kRoutingWord = 4,    // empty, and addressed to what routes the request
  kForeignWord = 8,    // grammar of another language in Latin script
  kCourtesyWord = 16,  // empty, and a sentence may begin with it
};

void AddPlainWords(WordTable* words);

}  // namespace weir::route::learned
