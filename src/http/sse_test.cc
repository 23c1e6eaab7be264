#include "http/sse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace weir::http {
namespace {

struct Seen {
  std::string raw, data, event;
  bool has_data = false;
  bool comment_only = false;

  bool operator==(const Seen&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << "{raw=" << testing::PrintToString(seen.raw)
             << " data=" << testing::PrintToString(seen.data) << " event=" << seen.event << "}";
}

struct Stream {
  std::vector<Seen> events;
  size_t unfinished = 0;
  bool refused = false;

  bool operator==(const Stream&) const = default;
};

void Drain(SseSplitter* splitter, Stream* stream) {
  SseEvent event;
  while (splitter->Next(&event)) {
    stream->events.push_back({std::string(event.raw), std::string(event.data),
                              std::string(event.event), event.has_data, event.comment_only});
    volatile char sum = 0;  // the sanitizer looks at the padding
    for (size_t i = 0; event.has_data && i < kSsePadding; ++i) {
      sum = static_cast<char>(sum + event.data.data()[event.data.size() + i]);
    }
  }
}

// Feeds `bytes` cut at the given places.
Stream Split(std::string_view bytes, const std::vector<size_t>& cuts,
             size_t max_event = kMaxSseEvent) {
  SseSplitter splitter(max_event);
  Stream stream;
  size_t from = 0;
  auto feed = [&](size_t to) {
    stream.refused = !splitter.Feed(bytes.substr(from, to - from));
    if (!stream.refused) Drain(&splitter, &stream);
    from = to;
    return !stream.refused;
  };
  for (size_t cut : cuts) {
    if (!feed(cut)) return stream;
  }
  if (!feed(bytes.size())) return stream;
  stream.refused = !splitter.Finish();
  Drain(&splitter, &stream);
  stream.unfinished = splitter.unfinished();
  return stream;
}

Stream Whole(std::string_view bytes) {
  return Split(bytes, {});
}

std::vector<std::string> DataOf(const Stream& stream) {
  std::vector<std::string> data;
  for (const Seen& seen : stream.events) data.push_back(seen.has_data ? seen.data : "(none)");
  return data;
}

using Texts = std::vector<std::string>;

TEST(SseSplitter, OrdinaryStream) {
  Stream stream = Whole("data: {\"a\":1}\n\nevent: ping\ndata:x\n\n: keep\n\ndata: [DONE]\n\n");
  ASSERT_EQ(stream.events.size(), 4u);
  EXPECT_EQ(stream.events[0], (Seen{"data: {\"a\":1}\n\n", "{\"a\":1}", "", true, false}));
  EXPECT_EQ(stream.events[1], (Seen{"event: ping\ndata:x\n\n", "x", "ping", true, false}));
  EXPECT_EQ(stream.events[2], (Seen{": keep\n\n", "", "", false, true}));
  EXPECT_EQ(stream.events[3], (Seen{"data: [DONE]\n\n", "[DONE]", "", true, false}));
  EXPECT_EQ(stream.unfinished, 0u);
}

TEST(SseSplitter, FieldsAsTheStandardReadsThem) {
  EXPECT_EQ(DataOf(Whole("data\n\n")), Texts{""});
  EXPECT_EQ(DataOf(Whole("data:\n\n")), Texts{""});
  EXPECT_EQ(DataOf(Whole("data\ndata\n\n")), Texts{"\n"});
  EXPECT_EQ(DataOf(Whole("data:  two\n\n")), Texts{" two"});
  EXPECT_EQ(DataOf(Whole("data:\ttab\n\n")), Texts{"\ttab"});
  EXPECT_EQ(DataOf(Whole("data: a\n: c\nid: 7\ndata: b\nretry\ndata:c:d\n\n")), Texts{"a\nb\nc:d"});
  EXPECT_EQ(DataOf(Whole("data : x\n\n")), Texts{"(none)"});
  EXPECT_EQ(DataOf(Whole("Data: x\n\n")), Texts{"(none)"});
  EXPECT_EQ(DataOf(Whole("datax: x\n\n")), Texts{"(none)"});
  EXPECT_EQ(DataOf(Whole(" data: x\n\n")), Texts{"(none)"});
  EXPECT_EQ(DataOf(Whole("data: one\n\ndata: two\n\n")), (Texts{"one", "two"}));
  EXPECT_EQ(Whole("event: a\nevent: b\n\n").events[0].event, "b");
  EXPECT_EQ(Whole("event: a\nevent\n\n").events[0].event, "");
  EXPECT_FALSE(Whole(":\nid: 1\n\n").events[0].comment_only);
}

TEST(SseSplitter, LineEndsInAnyMix) {
  for (std::string_view bytes :
       {"data: a\r\ndata: b\r\n\r\n", "data: a\rdata: b\r\r", "data: a\ndata: b\n\n",
        "data: a\r\ndata: b\n\r\n", "data: a\rdata: b\r\n\n", "data: a\ndata: b\r\r\n"}) {
    Stream stream = Whole(bytes);
    EXPECT_EQ(DataOf(stream), Texts{"a\nb"}) << testing::PrintToString(bytes);
  }
}

TEST(SseSplitter, BlankLinesBeforeAnEventAreItsRaw) {
  Stream stream = Whole("\n\r\n\rdata: a\n\n\n\n");
  ASSERT_EQ(stream.events.size(), 1u);
  EXPECT_EQ(stream.events[0].raw, "\n\r\n\rdata: a\n\n");
  EXPECT_EQ(stream.unfinished, 2u);
}

TEST(SseSplitter, BomOnlyAtTheStart) {
  EXPECT_EQ(DataOf(Whole("\xEF\xBB\xBF"
                         "data: a\n\n")),
            Texts{"a"});
  EXPECT_EQ(DataOf(Whole("\xEF\xBB\xBF\n\xEF\xBB\xBF"
                         "data: a\n\n")),
            Texts{"(none)"});
  EXPECT_EQ(DataOf(Whole("\xEF\xBB"
                         "data: a\n\n")),
            Texts{"(none)"});
}

TEST(SseSplitter, ALoneCrEndsAnEventAtOnce) {
  SseSplitter splitter;
  SseEvent event;
  ASSERT_TRUE(splitter.Feed("data: a\r\r"));
  ASSERT_TRUE(splitter.Next(&event));
  EXPECT_EQ(event.raw, "data: a\r\r");
  ASSERT_TRUE(splitter.Feed("\ndata: b\r\n\r"));
  EXPECT_FALSE(splitter.Next(&event));
  ASSERT_TRUE(splitter.Feed("\n"));
  ASSERT_TRUE(splitter.Next(&event));
  EXPECT_EQ(event.raw, "\ndata: b\r\n\r\n");
  EXPECT_EQ(splitter.unfinished(), 0u);
}

TEST(SseSplitter, FinishEndsTheLastLine) {
  SseSplitter splitter;
  SseEvent event;
  ASSERT_TRUE(splitter.Feed("data: a\r\n\r"));
  ASSERT_FALSE(splitter.Next(&event));
  ASSERT_TRUE(splitter.Finish());
  ASSERT_TRUE(splitter.Next(&event));
  EXPECT_EQ(event.raw, "data: a\r\n\r");
  EXPECT_EQ(Whole("data: a\n\ndata: cut\n").unfinished, 10u);
  EXPECT_EQ(Whole("data: a\n\ndata: cut").unfinished, 9u);
}

std::string RandomStream(std::mt19937* random) {
  constexpr std::string_view kParts[] = {
      "data: ",       "data:",        "data",     "event: x", ": c", ":",  "id: 1",
      "\xEF\xBB\xBF", "\xE2\x82\xAC", "{\"a\"}",  " ",        "\n",  "\r", "\r\n",
      "\n\n",         "\r\r",         "\r\n\r\n", "\n",       "\r\n"};
  std::string bytes;
  for (auto left = (*random)() % 30; left > 0; --left) {
    bytes += kParts[(*random)() % std::size(kParts)];
  }
  return bytes;
}

void CheckSplits(std::string_view bytes, std::mt19937* random) {
  Stream whole = Whole(bytes);
  std::string all;
  for (const Seen& seen : whole.events) all += seen.raw;
  ASSERT_EQ(all, bytes.substr(0, bytes.size() - whole.unfinished));
  std::vector<size_t> every;
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    ASSERT_EQ(Split(bytes, {cut}), whole) << testing::PrintToString(bytes) << " cut at " << cut;
    every.push_back(cut);
  }
  ASSERT_EQ(Split(bytes, every), whole) << testing::PrintToString(bytes) << " byte by byte";
  for (int round = 0; round < 5; ++round) {
    std::vector<size_t> cuts;
    for (size_t cut = 0; cut <= bytes.size(); ++cut) {
      if ((*random)() % 4 == 0) cuts.push_back(cut);
    }
    ASSERT_EQ(Split(bytes, cuts), whole) << testing::PrintToString(bytes);
  }
}

TEST(SseSplitter, TheSameHoweverItIsCut) {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    CheckSplits(RandomStream(&random), &random);
    if (HasFatalFailure()) return;
  }
}

// The standard's algorithm, line by line, as slow as it is written.
Texts ByTheBook(std::string bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);
  std::string lines;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\n' && i > 0 && bytes[i - 1] == '\r') continue;
    lines += bytes[i] == '\r' ? '\n' : bytes[i];
  }
  Texts events;
  std::string data;
  for (size_t at = 0, end; (end = lines.find('\n', at)) != std::string::npos; at = end + 1) {
    std::string line = lines.substr(at, end - at);
    if (line.empty() && !data.empty()) {
      data.pop_back();
      events.push_back(std::exchange(data, ""));
    }
    size_t colon = std::min(line.find(':'), line.size());
    std::string value = colon < line.size() ? line.substr(colon + 1) : "";
    if (value.starts_with(' ')) value.erase(0, 1);
    if (line.substr(0, colon) == "data") data += value + "\n";
  }
  return events;
}

TEST(SseSplitter, ReadsWhatTheStandardReads) {
  std::mt19937 random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = RandomStream(&random);
    Texts data;
    for (const Seen& seen : Whole(bytes).events) {
      if (seen.has_data) data.push_back(seen.data);
    }
    ASSERT_EQ(data, ByTheBook(bytes)) << testing::PrintToString(bytes);
  }
}

TEST(SseSplitter, AnEventBeyondTheBoundIsRefusedHoweverItIsCut) {
  std::string fits = "data: 345\n\n";
  std::string mixed = fits + "data: 3456\n\n" + fits;
  std::vector<size_t> every;
  for (size_t i = 1; i <= 2 * fits.size(); ++i) every.push_back(i);
  EXPECT_FALSE(Split(fits + fits, every, fits.size()).refused);
  for (const auto& cuts : {std::vector<size_t>{}, every}) {
    Stream stream = Split(mixed, cuts, fits.size());
    EXPECT_TRUE(stream.refused);
    EXPECT_EQ(DataOf(stream), Texts{"345"});
  }
}

TEST(SseSplitter, BlankLinesCountAgainstTheBound) {
  EXPECT_FALSE(Split(std::string(11, '\n'), {3, 7}, 11).refused);
  EXPECT_TRUE(Split(std::string(12, '\n'), {3, 7}, 11).refused);
}

TEST(SseSplitter, TheBoundIsForGood) {
  SseSplitter splitter;
  SseEvent event;
  Result<void> fed = splitter.Feed("data: " + std::string(kMaxSseEvent, 'x'));
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().reason, Reason::kUpstreamTooLarge);
  size_t held = splitter.unfinished();
  EXPECT_FALSE(splitter.Feed("\n\ndata: b\n\n"));
  EXPECT_FALSE(splitter.Next(&event));
  EXPECT_FALSE(splitter.Finish());
  EXPECT_EQ(splitter.unfinished(), held);
}

TEST(SseWrite, LinesOfData) {
  std::string out;
  AppendSseData(&out, "a");
  AppendSseData(&out, "");
  AppendSseData(&out, "a\r\nb\rc\n");
  EXPECT_EQ(out, "data: a\n\ndata: \n\ndata: a\ndata: b\ndata: c\ndata: \n\n");
  EXPECT_EQ(DataOf(Whole(out)), (Texts{"a", "", "a\nb\nc\n"}));
  out.clear();
  AppendSseComment(&out, "keep\ndata: injected");
  EXPECT_EQ(out, ": keep\n: data: injected\n\n");
  EXPECT_TRUE(Whole(out).events[0].comment_only);
}

}  // namespace
}  // namespace weir::http
