// The journal against damage (HARDENING F06): whatever the bytes, recovery gives a prefix of the
// rows that were written, reading never gives another row, and the next row is kept.
//
// The first byte chooses: a segment's raw bytes, a sound journal that is then damaged as told, or
// the payload of one row.
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/check.h"
#include "ledger/journal.h"
#include "ledger/record.h"
#include "ledger/segment.h"

namespace weir::fuzz {
namespace {

using Rows = std::vector<std::string>;

// In memory where the machine has such a place: a run makes and removes a directory.
class Directory {
 public:
  Directory() {
    std::string base = std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp";
    path_ = base + "/weir-fuzz-journal-XXXXXX";
    WEIR_FUZZ_CHECK(mkdtemp(path_.data()) != nullptr);
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  const std::string& path() const { return path_; }
  std::string first_segment() const { return ledger::SegmentPath(path_, 1); }

 private:
  std::string path_;
};

std::string Read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

void Write(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

Rows Replay(const std::string& directory) {
  Rows rows;
  auto done = ledger::Replay(directory, {}, [&](std::string_view payload, ledger::JournalPosition) {
    rows.emplace_back(payload);
    return true;
  });
  if (!done) rows.clear();
  return rows;
}

uint32_t LittleEndian(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = 4; i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

uint32_t Crc(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

// The format read a second time, from docs/adr/0004-journal.md.
Rows ReadByTheBook(std::string_view bytes) {
  Rows rows;
  if (bytes.size() < 16 || bytes.substr(0, 12) != std::string_view("WEIRJRNL\1\0\0\0", 12))
    return rows;
  if (Crc(bytes.substr(0, 12)) != LittleEndian(bytes.substr(12))) return rows;
  for (bytes.remove_prefix(16); bytes.size() >= 8;) {
    size_t size = LittleEndian(bytes);
    if (size == 0 || size > (1u << 20) || size > bytes.size() - 8) break;
    std::string covered = std::string(bytes.substr(0, 4)) + std::string(bytes.substr(8, size));
    if (Crc(covered) != LittleEndian(bytes.substr(4))) break;
    rows.emplace_back(bytes.substr(8, size));
    bytes.remove_prefix(8 + size);
  }
  return rows;
}

// Opens the journal in `directory`, whose rows are `expected`, and appends one more.
void CheckRecovery(const Directory& directory, Rows expected) {
  WEIR_FUZZ_CHECK(Replay(directory.path()) == expected);
  auto journal = ledger::Journal::Open(directory.path(), ledger::FileCalls::System());
  if (!journal) return;  // a newer version's file
  WEIR_FUZZ_CHECK((*journal)->recovered().records == expected.size());
  WEIR_FUZZ_CHECK((*journal)->Append("one more").has_value());
  expected.push_back("one more");
  WEIR_FUZZ_CHECK(Replay(directory.path()) == expected);
}

void CheckRawSegment(std::string_view bytes) {
  Directory directory;
  Write(directory.first_segment(), bytes);
  CheckRecovery(directory, ReadByTheBook(bytes));
}

// Rows are the input's pieces between line feeds; then bytes are changed or the end is cut.
void CheckDamage(std::string_view bytes) {
  if (bytes.size() < 4) return;
  size_t where =
      static_cast<uint8_t>(bytes[0]) | static_cast<size_t>(static_cast<uint8_t>(bytes[1])) << 8;
  char change = bytes[2];
  bytes.remove_prefix(3);
  Directory directory;
  Rows written;
  {
    auto journal = ledger::Journal::Open(directory.path(), ledger::FileCalls::System());
    WEIR_FUZZ_CHECK(journal.has_value());
    while (!bytes.empty()) {
      std::string_view row = bytes.substr(0, bytes.find('\n'));
      bytes.remove_prefix(std::min(row.size() + 1, bytes.size()));
      if (row.empty()) continue;
      written.emplace_back(row);
      WEIR_FUZZ_CHECK((*journal)->Append(written.back()).has_value());
    }
  }
  std::string file = Read(directory.first_segment());
  where %= file.size();
  if (change == 0) {
    file.resize(where);
  } else {
    file[where] = static_cast<char>(file[where] ^ change);
  }
  Write(directory.first_segment(), file);
  Rows recovered = ReadByTheBook(file);
  WEIR_FUZZ_CHECK(recovered.size() <= written.size());
  WEIR_FUZZ_CHECK(std::equal(recovered.begin(), recovered.end(), written.begin()));
  CheckRecovery(directory, recovered);
}

// What was said comes back from a row that is written anew.
void CheckBodies(const ledger::Record& record, const ledger::BodiesView& said) {
  std::string row = ledger::Encode(record);
  ledger::AppendBodies(
      {std::string(said.request), std::string(said.answer), std::string(said.other)}, &row);
  auto again = ledger::View(row);
  WEIR_FUZZ_CHECK(again.has_value() && again->bodies == said);
}

void CheckRow(std::string_view bytes) {
  auto record = ledger::Decode(bytes);
  auto view = ledger::View(bytes);
  WEIR_FUZZ_CHECK(view.has_value() == record.has_value());
  const std::string_view plain = ledger::WithoutBodies(bytes);
  WEIR_FUZZ_CHECK(bytes.starts_with(plain));
  WEIR_FUZZ_CHECK(ledger::WithoutBodies(plain) == plain);
  if (!record) return;
  CheckBodies(*record, view->bodies);
  WEIR_FUZZ_CHECK(ledger::DecodeAttempts(view->attempts).value() == record->attempts);
  auto again = ledger::Decode(ledger::Encode(*record));
  WEIR_FUZZ_CHECK(again.has_value() && *again == *record);
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  std::string_view input = weir::fuzz::Bytes(bytes, size);
  if (input.empty()) return 0;
  std::string_view rest = input.substr(1);
  switch (input[0]) {
    case 'd':
      weir::fuzz::CheckDamage(rest);
      break;
    case 'r':
      weir::fuzz::CheckRow(rest);
      break;
    default:
      weir::fuzz::CheckRawSegment(rest);
      break;
  }
  return 0;
}
