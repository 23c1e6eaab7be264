// A directory of a test's own, that goes away with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace weir {

class TempDir {
 public:
  TempDir() {
    std::string name = std::filesystem::temp_directory_path() / "weir-test-XXXXXX";
    path_ = mkdtemp(name.data()) ? name : "";
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace weir
