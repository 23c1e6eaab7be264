#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "admin/admin_server.h"
#include "base/ids.h"

namespace weir::admin {
namespace {

class AdminKeyTest : public testing::Test {
 protected:
  AdminKeyTest() {
    root_ = std::filesystem::temp_directory_path() / ("weir-key-" + RandomHex(8));
    settings_.data_dir = (root_ / "deep" / "data").string();
  }
  ~AdminKeyTest() override { std::filesystem::remove_all(root_); }

  std::string path() const { return settings_.data_dir + "/admin.key"; }
  void WriteKey(std::string_view text) {
    std::filesystem::create_directories(settings_.data_dir);
    std::ofstream(path()) << text;
  }
  static mode_t Mode(const std::string& path) {
    struct stat about{};
    return stat(path.c_str(), &about) == 0 ? about.st_mode & 07777 : 0;
  }
  static Reason ReasonOf(const Result<AdminKey>& key) {
    return key ? Reason::kBadRequest : key.error().reason;
  }

  std::filesystem::path root_;
  config::Settings settings_;
};

TEST_F(AdminKeyTest, TheConfigsKeyWinsAndNoFileIsMade) {
  settings_.admin.key = Secret("from-the-config");
  Result<AdminKey> key = FindAdminKey(settings_);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->key.Reveal(), "from-the-config");
  EXPECT_FALSE(key->made);
  EXPECT_FALSE(std::filesystem::exists(root_));
}

TEST_F(AdminKeyTest, AClientReadsTheKeyAndMakesNone) {
  Result<std::optional<Secret>> none = ReadAdminKey(settings_);
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->has_value());
  EXPECT_FALSE(std::filesystem::exists(root_));
  WriteKey("a-key-of-enough-length");
  EXPECT_EQ(ReadAdminKey(settings_).value()->Reveal(), "a-key-of-enough-length");
}

TEST_F(AdminKeyTest, MakesAPrivateOneOnceAndFindsItAgain) {
  Result<AdminKey> made = FindAdminKey(settings_);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_TRUE(made->made);
  EXPECT_GE(made->key.Reveal().size(), 32u);
  EXPECT_EQ(Mode(path()), 0600u);
  EXPECT_EQ(Mode(settings_.data_dir), 0700u);
  Result<AdminKey> found = FindAdminKey(settings_);
  ASSERT_TRUE(found.has_value());
  EXPECT_FALSE(found->made);
  EXPECT_EQ(found->key.Reveal(), made->key.Reveal());
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(settings_.data_dir)) {
    ++files;
  }
  EXPECT_EQ(files, 1u);
}

TEST_F(AdminKeyTest, WarnsOfAFileThatOthersCanRead) {
  WriteKey("a-key-of-enough-length\n");
  chmod(path().c_str(), 0644);
  testing::internal::CaptureStderr();
  Result<AdminKey> key = FindAdminKey(settings_);
  std::string log = testing::internal::GetCapturedStderr();
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->key.Reveal(), "a-key-of-enough-length");
  EXPECT_NE(log.find("mode=644"), std::string::npos) << log;
  EXPECT_EQ(log.find("enough-length"), std::string::npos);
  chmod(path().c_str(), 0600);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(FindAdminKey(settings_).has_value());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(AdminKeyTest, RefusesAFileThatHoldsNoKey) {
  for (std::string_view text : {"", "\n", "short", "a key with blanks in it", "\x01\x02 binary"}) {
    WriteKey(text);
    EXPECT_EQ(ReasonOf(FindAdminKey(settings_)), Reason::kConfig) << text;
  }
  WriteKey(std::string(100'000, 'x'));
  EXPECT_EQ(ReasonOf(FindAdminKey(settings_)), Reason::kConfig);
}

TEST_F(AdminKeyTest, RefusesWhatIsNoFile) {
  std::filesystem::create_directories(path());
  EXPECT_EQ(ReasonOf(FindAdminKey(settings_)), Reason::kConfig);
  std::filesystem::remove(path());
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(ReasonOf(FindAdminKey(settings_)), Reason::kConfig);
}

TEST_F(AdminKeyTest, SaysWhenDataDirCannotBeMade) {
  std::ofstream(root_) << "a file";
  EXPECT_EQ(ReasonOf(FindAdminKey(settings_)), Reason::kIo);
}

}  // namespace
}  // namespace weir::admin
