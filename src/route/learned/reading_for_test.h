// A text as the learned classifier's parts read it, for tests of one of them.
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "route/learned/text_features.h"
#include "route/learned/text_map.h"
#include "route/learned/tokens.h"

namespace weir::route::learned {

// Of the whole text; by an extractor of its own.
inline FeatureVector FeaturesOf(std::string_view text) {
  TextMap map;
  Tokens tokens;
  FeatureExtractor extractor;
  FeatureVector features;
  map.Read(text);
  tokens.Read(map);
  extractor.Extract({&map, tokens.all(), {}}, &features);
  return features;
}

// `text` without the cuts, which must be in order; trimmed when there are any.
inline std::string KeptOf(std::string_view text, std::span<const Cut> cuts) {
  std::string kept;
  size_t from = 0;
  for (const Cut& cut : cuts) {
    EXPECT_LE(from, cut.begin) << text;
    EXPECT_LT(cut.begin, cut.end) << text;
    kept += text.substr(from, cut.begin - from);
    from = cut.end;
  }
  kept += text.substr(from);
  return cuts.empty() ? kept : std::string(Trim(kept));
}

}  // namespace weir::route::learned
