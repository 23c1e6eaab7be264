// A growing run of bytes that does not write what it only makes room for: a string zeroes each byte
// before a read overwrites it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace weir::net {

class Bytes {
 public:
  std::string_view view() const { return {data_.get(), size_}; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }

  void Clear() { size_ = 0; }
  void Free() { *this = Bytes(); }
  // Room for `capacity` bytes in all.
  void Reserve(size_t capacity) {
    if (capacity <= capacity_) return;
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (size_ > 0) std::memcpy(larger.get(), data_.get(), size_);
    data_ = std::move(larger);
    capacity_ = capacity;
  }
  void Append(std::string_view bytes) {
    if (size_ + bytes.size() > capacity_) Reserve(std::max(2 * capacity_, size_ + bytes.size()));
    if (!bytes.empty()) std::memcpy(data_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  // The first `bytes` of the room behind view(); Reserve() comes first.
  std::span<char> Room(size_t bytes) { return {data_.get() + size_, bytes}; }
  // `bytes` of it are written.
  void Wrote(size_t bytes) { size_ += bytes; }

 private:
  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace weir::net
