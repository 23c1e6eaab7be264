#include "net/bytes.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace weir::net {
namespace {

TEST(Bytes, AgreesWithAStringWhateverIsDone) {
  std::mt19937 random(1);
  Bytes bytes;
  std::string model;
  for (int i = 0; i < 20'000; ++i) {
    const std::string piece(random() % 100, static_cast<char>('a' + random() % 26));
    switch (random() % 8) {
      case 0:
        bytes.Clear();
        model.clear();
        break;
      case 1:
        bytes.Free();
        model.clear();
        EXPECT_EQ(bytes.capacity(), 0U);
        break;
      case 2:
      case 3: {
        bytes.Reserve(bytes.size() + piece.size());
        const std::span<char> room = bytes.Room(piece.size());
        std::copy(piece.begin(), piece.end(), room.begin());
        bytes.Wrote(piece.size() / 2);
        model += piece.substr(0, piece.size() / 2);
        break;
      }
      default:
        bytes.Append(piece);
        model += piece;
    }
    ASSERT_EQ(bytes.view(), model);
    ASSERT_GE(bytes.capacity(), bytes.size());
  }
}

}  // namespace
}  // namespace weir::net
