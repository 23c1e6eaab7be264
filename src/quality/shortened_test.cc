#include "quality/shortened.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace weir::quality {
namespace {

TEST(Shortened, KeepsBothEndsAndSaysWhereItWasCut) {
  EXPECT_EQ(Shortened("as it is", 64), "as it is");
  const std::string text = "A report. " + std::string(9'000, 'x') + " Translate it to French.";
  const std::string part = Shortened(text, 500);
  EXPECT_LE(part.size(), 500u);
  EXPECT_GT(part.size(), 490u);
  EXPECT_TRUE(part.starts_with("A report. xx"));
  EXPECT_TRUE(part.ends_with("xx Translate it to French."));
  EXPECT_NE(part.find("cut here"), part.npos);
}

TEST(Shortened, CutsAtCharacters) {
  std::string wide;
  for (int i = 0; i < 500; ++i) wide += "é漢";
  for (size_t most = 64; most < 90; ++most) {
    const std::string part = Shortened(wide, most);
    EXPECT_LE(part.size(), most);
    std::string quoted;
    AppendJsonString(&quoted, part);
    EXPECT_EQ(quoted.find("\ufffd"), quoted.npos) << most;
  }
  EXPECT_LE(Shortened(std::string(900, '\x80'), 100).size(), 100u) << "any bytes";
}

}  // namespace
}  // namespace weir::quality
