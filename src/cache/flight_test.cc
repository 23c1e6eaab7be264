#include "cache/flight.h"

#include <gtest/gtest.h>

#include "cache/entries_for_test.h"
#include "cache/flights.h"

namespace weir::cache {
namespace {

using State = Follower::State;

class Counter final : public Waker {
 public:
  void Wake() override { ++woken; }
  int woken = 0;
};

class FlightTest : public testing::Test {
 protected:
  std::shared_ptr<Flight> Start() {
    return std::make_shared<Flight>(TestKey(keys_, "x").Kept(), recordings_);
  }
  static Answer Streamed() {
    Answer answer;
    answer.origin.model = "m";
    return answer;
  }

  KeyMaker keys_;
  Recordings recordings_{1 << 20, 256 << 10};
  std::shared_ptr<Counter> waker_ = std::make_shared<Counter>();
};

TEST_F(FlightTest, AFollowerGetsTheWholeHoweverLate) {
  const auto flight = Start();
  flight->Began({.model = "m"});
  EXPECT_TRUE(flight->Append("one "));
  Follower early(flight, waker_);
  std::string events;
  EXPECT_EQ(early.Take(&events), State::kMore);
  EXPECT_EQ(early.origin()->model, "m");
  EXPECT_TRUE(flight->Append("two "));
  EXPECT_EQ(early.Take(&events), State::kMore);
  const AnswerPtr answer = flight->Seal(Streamed());
  EXPECT_EQ(answer->body, "one two ");
  EXPECT_EQ(early.Take(&events), State::kNothing) << "sealed is not yet finished";
  flight->Finish();
  EXPECT_EQ(waker_->woken, 1);
  Follower late(flight, waker_);
  std::string all;
  EXPECT_EQ(late.Take(&all), State::kDone);
  EXPECT_EQ(all, "one two ");
  EXPECT_EQ(early.Take(&events), State::kDone);
  EXPECT_EQ(events, "one two ");
  EXPECT_EQ(early.answer(), answer);
}

TEST_F(FlightTest, ItWakesOnlyThoseWhoWait) {
  const auto flight = Start();
  Follower follower(flight, waker_);
  std::string events;
  flight->Append("a");
  EXPECT_EQ(waker_->woken, 0) << "it has not looked yet";
  EXPECT_EQ(follower.Take(&events), State::kMore);
  EXPECT_EQ(follower.Take(&events), State::kNothing);
  flight->Append("b");
  flight->Append("c");
  EXPECT_EQ(waker_->woken, 1);
  EXPECT_EQ(follower.Take(&events), State::kMore);
  EXPECT_EQ(events, "abc");
}

TEST_F(FlightTest, APlainAnswerIsGivenAsItIs) {
  const auto flight = Start();
  Follower follower(flight, waker_);
  std::string events;
  EXPECT_EQ(follower.Take(&events), State::kNothing);
  Answer plain = Streamed();
  plain.body = "{}";
  EXPECT_NE(flight->Seal(std::move(plain)), nullptr);
  flight->Finish();
  EXPECT_EQ(follower.Take(&events), State::kDone);
  EXPECT_EQ(follower.answer()->body, "{}");
}

TEST_F(FlightTest, AFailureComesBehindWhatWasRecorded) {
  const auto flight = Start();
  Follower follower(flight, waker_);
  std::string events;
  flight->Append("half");
  flight->Fail({MakeError(Reason::kStreamTruncated, "cut"), 0, "", ""});
  EXPECT_EQ(follower.Take(&events), State::kFailed);
  EXPECT_EQ(events, "half");
  EXPECT_EQ(follower.failure().error.reason, Reason::kStreamTruncated);
}

TEST_F(FlightTest, ALongRecordingIsForgottenButForThoseWhoKeepUp) {
  const auto flight = Start();
  Follower keeps_up(flight, waker_);
  Follower sleeps(flight, waker_);
  const std::string piece(64 << 10, 'x');
  size_t taken = 0;
  for (int i = 0; i < 64; ++i) {  // 4 MiB
    EXPECT_EQ(flight->Append(piece), i < 4) << i;
    std::string events;
    EXPECT_EQ(keeps_up.Take(&events), State::kMore);
    taken += events.size();
    EXPECT_LE(recordings_.bytes.load(), 1U << 20);
  }
  EXPECT_EQ(taken, 64 * piece.size());
  std::string events;
  EXPECT_EQ(sleeps.Take(&events), State::kLost);
  EXPECT_EQ(flight->Seal(Streamed()), nullptr) << "nothing to store";
  flight->Finish();
  EXPECT_EQ(keeps_up.Take(&events), State::kDone);
}

TEST_F(FlightTest, WithoutFollowersNothingOfALongRecordingIsKept) {
  const auto flight = Start();
  for (int i = 0; i < 64; ++i) flight->Append(std::string(64 << 10, 'x'));
  EXPECT_EQ(recordings_.bytes.load(), 0U);
}

TEST_F(FlightTest, AllRecordingsTogetherAreBounded) {
  std::vector<std::shared_ptr<Flight>> flights;
  int recorded = 0;
  for (int i = 0; i < 20; ++i) {
    flights.push_back(Start());
    if (flights.back()->Append(std::string(200 << 10, 'x'))) ++recorded;
  }
  EXPECT_EQ(recorded, 5);
  EXPECT_LE(recordings_.bytes.load(), 1U << 20);
  flights.clear();
  EXPECT_EQ(recordings_.bytes.load(), 0U);
}

TEST_F(FlightTest, AnOrphanLivesAsLongAsItIsFollowed) {
  const auto flight = Start();
  const auto abandoned = std::make_shared<Counter>();
  EXPECT_FALSE(flight->Orphan(abandoned)) << "nobody follows";
  {
    Follower one(flight, waker_);
    EXPECT_TRUE(flight->Orphan(abandoned));
    Follower two(flight, waker_);
    EXPECT_TRUE(flight->followed());
  }
  EXPECT_EQ(abandoned->woken, 1);
}

class FlightsTest : public FlightTest {
 protected:
  using Role = Flights::Role;
  Role Join(const KeyView& key) { return flights_.Join(key, flights_.Mark(key)).role; }
  Flights flights_{recordings_};
};

TEST_F(FlightsTest, TheFirstLeadsAndTheOthersFollow) {
  const TestKey key(keys_, "x");
  const Flights::Seat lead = flights_.Join(key.view(), flights_.Mark(key.view()));
  EXPECT_EQ(lead.role, Role::kLeads);
  EXPECT_EQ(Join(key.view()), Role::kFollows);
  EXPECT_EQ(Join(TestKey(keys_, "y").view()), Role::kLeads);
  flights_.Land(*lead.flight, false);
  EXPECT_EQ(Join(key.view()), Role::kLeads) << "a new call after a failure";
}

TEST_F(FlightsTest, ACollisionGoesAlone) {
  const TestKey key(keys_, "x");
  EXPECT_EQ(Join(key.view()), Role::kLeads);
  KeyView crafted = key.view();
  crafted.bytes = "y";
  EXPECT_EQ(Join(crafted), Role::kAlone);
}

TEST_F(FlightsTest, WhoMissedTheStoreByAMomentLooksAgain) {
  const TestKey key(keys_, "x");
  const Flights::Seat lead = flights_.Join(key.view(), 0);
  const uint64_t mark = flights_.Mark(key.view());
  flights_.Land(*lead.flight, true);
  EXPECT_EQ(flights_.Join(key.view(), mark).role, Role::kLookAgain);
  EXPECT_EQ(Join(key.view()), Role::kLeads) << "it is not there: dropped at once";
}

TEST_F(FlightsTest, ManyLandingsBetweenAreAReasonToLookAgainToo) {
  const TestKey key(keys_, "x");
  const uint64_t mark = flights_.Mark(key.view());
  for (int i = 0; i < 3'000; ++i) {
    const TestKey other(keys_, fmt::format("{}", i));
    flights_.Land(*flights_.Join(other.view(), flights_.Mark(other.view())).flight, true);
  }
  EXPECT_EQ(flights_.Join(key.view(), mark).role, Role::kLookAgain);
  EXPECT_EQ(Join(key.view()), Role::kLeads);
}

TEST_F(FlightsTest, APurgeClosesWhatItSelects) {
  const TestKey here(keys_, "x", {.route = "auto"});
  const TestKey there(keys_, "x", {.route = "support"});
  const Flights::Seat old = flights_.Join(here.view(), 0);
  Join(there.view());
  flights_.LandAll({"auto", {}});
  EXPECT_EQ(Join(there.view()), Role::kFollows);
  EXPECT_EQ(Join(here.view()), Role::kLeads);
  flights_.Land(*old.flight, false);
  EXPECT_EQ(Join(here.view()), Role::kFollows) << "the old one does not take the new one along";
}

}  // namespace
}  // namespace weir::cache
