#include "cache/store_contract.h"

#include <gtest/gtest.h>

#include "cache/entries_for_test.h"
#include "cache/memory_store.h"
#include "testing/fake_clock.h"
#include "testing/poll.h"

namespace weir::cache {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Contract {
 public:
  explicit Contract(const StoreUnderTest& under_test) : test_(under_test) {}

  std::string Find(Store& store, const KeyView& key) const {
    const Found found = Await(test_.worker, store.Find(key));
    return found.answer ? found.answer->body : "(none)";
  }
  void Put(Store& store, const TestKey& key, std::string body, milliseconds ttl = seconds(60)) {
    store.Put(key.Kept(), AnswerOf(std::move(body)), ttl);
  }

  void GivesWhatWasPut() {
    const auto store = test_.make();
    const TestKey key(keys_, "one");
    EXPECT_EQ(Find(*store, key.view()), "(none)");
    Put(*store, key, "1");
    EXPECT_EQ(Find(*store, key.view()), "1");
    const AnswerPtr whole = Await(test_.worker, store->Find(key.view())).answer;
    EXPECT_EQ(whole->origin.model, "first/small");
    EXPECT_EQ(whole->usage, (chat::UsageCounts{10, 0, 5, 0}));
    Put(*store, key, std::string("2\0 \xff", 4));
    EXPECT_EQ(Find(*store, key.view()), std::string_view("2\0 \xff", 4)) << "the last one counts";
    EXPECT_EQ(Find(*store, TestKey(keys_, "two").view()), "(none)");
  }

  void ConfirmsTheWholeKey() {
    const auto store = test_.make();
    const TestKey key(keys_, "mine");
    const TestKey other(keys_, "not mine");
    Put(*store, key, "1");
    KeyView crafted = other.view();
    crafted.hash = key.view().hash;
    EXPECT_EQ(Find(*store, crafted), "(none)");
  }

  void ForgetsInTime() {
    const auto store = test_.make();
    const TestKey key(keys_, "one");
    Put(*store, key, "1", seconds(60));
    test_.advance_time(milliseconds(59'000));
    EXPECT_EQ(Find(*store, key.view()), "1");
    EXPECT_EQ(Await(test_.worker, store->Find(key.view())).left, milliseconds(1'000));
    test_.advance_time(milliseconds(1'000));
    EXPECT_EQ(Find(*store, key.view()), "(none)");
  }

  void PurgesWhatIsSelected() {
    const auto store = test_.make();
    const std::string_view a = "key-a";
    const TestKey one(keys_, "{}", {.partition = PartitionOf({&a, 1}), .route = "auto"});
    const TestKey two(keys_, "{}", {.route = "auto"});
    const TestKey three(keys_, "{}", {.route = "support"});
    for (const TestKey* key : {&one, &two, &three}) Put(*store, *key, "1");
    EXPECT_EQ(test_.purge(*store, {{}, Sha256("key-b")}), 0U);
    EXPECT_EQ(test_.purge(*store, {{}, Sha256(a)}), 1U);
    EXPECT_EQ(Find(*store, one.view()), "(none)");
    EXPECT_EQ(Find(*store, two.view()), "1");
    EXPECT_EQ(test_.purge(*store, {"support", {}}), 1U);
    EXPECT_EQ(Find(*store, three.view()), "(none)");
    EXPECT_EQ(test_.purge(*store, {}), 1U);
    EXPECT_EQ(Find(*store, two.view()), "(none)");
  }

 private:
  const StoreUnderTest& test_;
  KeyMaker keys_;
};

}  // namespace

void CheckStoreContract(const StoreUnderTest& under_test) {
  Contract contract(under_test);
  contract.GivesWhatWasPut();
  contract.ConfirmsTheWholeKey();
  contract.ForgetsInTime();
  contract.PurgesWhatIsSelected();
}

TEST(StoreContract, Memory) {
  FakeClock clock;
  net::Worker worker(0, clock);
  CheckStoreContract({[&] { return std::make_unique<MemoryStore>(1 << 20, clock); },
                      [](Store& store, const Selection& selection) {
                        return static_cast<MemoryStore&>(store).Purge(selection);
                      },
                      worker, [&](milliseconds by) { clock.Advance(by); }});
}

}  // namespace weir::cache
