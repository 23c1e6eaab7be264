#include "ledger/crc.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

namespace weir::ledger {
namespace {

uint32_t ByZlib(uint32_t crc, std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

TEST(Crc, IsZlibsForEveryLengthAndAlignment) {
  std::mt19937 random(1);
  std::string bytes(4096 + 16, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  for (size_t size = 0; size <= 600; ++size) {
    for (size_t at = 0; at < 16; ++at) {
      std::string_view part = std::string_view(bytes).substr(at, size);
      ASSERT_EQ(AddCrc(0, part), size == 0 ? 0 : ByZlib(0, part)) << size << " at " << at;
    }
  }
  EXPECT_EQ(AddCrc(0, bytes), ByZlib(0, bytes));
  EXPECT_EQ(AddCrc(0, "123456789"), 0xcbf43926U);
}

TEST(Crc, IsOfThePartsInOrder) {
  std::mt19937 random(2);
  std::string bytes(1000, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    std::string_view all(bytes);
    ASSERT_EQ(AddCrc(AddCrc(0, all.substr(0, cut)), all.substr(cut)), ByZlib(0, bytes)) << cut;
  }
}

TEST(Crc, SeesEveryBit) {
  std::string bytes(300, 'x');
  const uint32_t crc = AddCrc(0, bytes);
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    EXPECT_NE(AddCrc(0, bytes), crc) << bit;
    bytes[bit / 8] = 'x';
  }
}

}  // namespace
}  // namespace weir::ledger
