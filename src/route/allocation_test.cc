// A warm classifier allocates nothing: counted at operator new of the whole test binary.
#include <gtest/gtest.h>

#include "route/classifier.h"
#include "route/world_for_test.h"
#include "testing/allocations.h"

namespace weir::route {
namespace {

TEST(Allocation, AWarmLearnedClassifierAllocatesNothing) {
  if (!kCountsAllocations) GTEST_SKIP() << "a sanitizer has its own allocator";
  auto learned = kLearned.make();
  ASSERT_TRUE(learned);
  std::string prose;
  for (int i = 0; prose.size() < 40'000; ++i) {
    prose += fmt::format("Sentence {} says why the queue of worker {} is slow. ", i, i % 7);
  }
  const std::string texts[] = {
      "hi",
      prose.substr(0, 1'000),
      prose,
      "<system-reminder>x</system-reminder>Hello! \u201cwhy\u201d 为什么天空是蓝色的",
      std::string(3'000, ' ') + "a b c d e f g h",
      "Rename foo to average:\n```js\n" + prose + "foo(1, 2);\n```"};
  std::vector<chat::Request> requests;
  for (const std::string& text : texts) requests.push_back(Asking(text));
  for (const chat::Request& request : requests) (*learned)->Classify(Features(request));
  for (const chat::Request& request : requests) {
    const int64_t before = Allocations();
    (*learned)->Classify(Features(request));
    EXPECT_EQ(Allocations() - before, 0) << request.last_user.substr(0, 40);
  }
}

}  // namespace
}  // namespace weir::route
