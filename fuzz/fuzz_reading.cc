// What a client writes, as the learned classifier reads it: the SIMD maps against the plain loop,
// tokens and cuts in order and inside the text, figures that are numbers, and nothing left of the
// text before.
#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "fuzz/check.h"
#include "route/learned/pasted_code.h"
#include "route/learned/prompt_text.h"
#include "route/learned/text_features.h"

namespace weir::fuzz {
namespace {

using route::learned::Cut;
using route::learned::FeatureVector;
using route::learned::Prompt;
using route::learned::TextMap;
using route::learned::Token;

void CheckMaps(std::string_view text) {
  static TextMap fast, portable;
  fast.Read(text);
  portable.ReadPortable(text);
  WEIR_FUZZ_CHECK(fast.blocks() == portable.blocks());
  WEIR_FUZZ_CHECK(fast.ascii() == portable.ascii());
  for (uint8_t kind = 0; kind < TextMap::kKinds; ++kind) {
    WEIR_FUZZ_CHECK(fast.Count(TextMap::Kind{kind}) == portable.Count(TextMap::Kind{kind}));
    for (size_t block = 0; block < fast.blocks(); ++block) {
      WEIR_FUZZ_CHECK(fast.Block(TextMap::Kind{kind}, block) ==
                      portable.Block(TextMap::Kind{kind}, block));
    }
  }
  WEIR_FUZZ_CHECK(fast.HasLongRun() == portable.HasLongRun());
  WEIR_FUZZ_CHECK(
      std::equal(fast.lower(), fast.lower() + text.size() + TextMap::kPadding, portable.lower()));
}

void CheckOrder(const Prompt& prompt) {
  const size_t size = prompt.text->text().size();
  size_t end = 0;
  for (const Cut& cut : prompt.cuts) {
    WEIR_FUZZ_CHECK(end <= cut.begin && cut.begin < cut.end && cut.end <= size);
    end = cut.end;
  }
  end = 0;
  for (const Token& token : prompt.tokens) {
    WEIR_FUZZ_CHECK(end <= token.begin && token.begin < token.end && token.end <= size);
    end = token.end;
    for (const Cut& cut : prompt.cuts) {
      WEIR_FUZZ_CHECK(token.begin < cut.begin || token.begin >= cut.end);
    }
  }
}

FeatureVector Read(std::string_view text) {
  static route::PromptText reader;
  static route::learned::FeatureExtractor extractor;
  const Prompt prompt = reader.Read(text);
  CheckOrder(prompt);
  FeatureVector features;
  extractor.Extract(prompt, &features);
  return features;
}

void CheckFeatures(const FeatureVector& features) {
  for (const float scalar : features.scalars) WEIR_FUZZ_CHECK(std::isfinite(scalar));
  WEIR_FUZZ_CHECK(features.foreign_letters >= 0 && features.foreign_letters <= 1);
  WEIR_FUZZ_CHECK(features.focus_buckets <= features.buckets.size());
  const std::set<uint32_t> distinct(features.buckets.begin(), features.buckets.end());
  WEIR_FUZZ_CHECK(distinct.size() == features.buckets.size());
}

// The text is left as it is, or some of its bytes are, in their order.
void CheckFences(std::string_view text) {
  std::string kept;
  const std::string_view question = route::learned::WithoutCode(text, &kept);
  if (question.size() == text.size()) {
    WEIR_FUZZ_CHECK(question.data() == text.data());
    return;
  }
  WEIR_FUZZ_CHECK(question.size() + 2 * route::learned::kFence.size() < text.size());
  size_t at = 0;
  for (const char c : question) {
    at = text.find(c, at);
    WEIR_FUZZ_CHECK(at != std::string_view::npos);
    ++at;
  }
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace weir::fuzz;
  const std::string_view text = Bytes(bytes, size);
  CheckMaps(text);
  CheckFences(text);
  const FeatureVector once = Read(text);
  CheckFeatures(once);
  Read("Something else, 与此无关, a different text\n\nwith two paragraphs.");
  const FeatureVector again = Read(text);
  WEIR_FUZZ_CHECK(once.buckets == again.buckets && once.cjk_buckets == again.cjk_buckets);
  WEIR_FUZZ_CHECK(once.scalars == again.scalars && once.focus_buckets == again.focus_buckets);
  WEIR_FUZZ_CHECK(once.foreign_letters == again.foreign_letters);
  return 0;
}
