// Rows of every kind, the same for the same seed: a small gateway's traffic for tests of reports.
#pragma once

#include <string>
#include <vector>

#include "base/split_mix.h"
#include "ledger/record.h"

namespace weir::ledger {

class Traffic {
 public:
  static constexpr WallMicros kStart = 1'764'028'800'000'000;  // 2025-11-25T00:00:00Z
  static constexpr WallMicros kDay = 86'400'000'000;

  explicit Traffic(uint64_t seed) : random_(seed) {}

  int64_t Below(int64_t limit) {
    return static_cast<int64_t>(random_.Next() % static_cast<uint64_t>(limit));
  }

  // Answered by a cheap model (one in ten: by the baseline), some from the cache, some after an
  // attempt that failed and was billed.
  Record Request(WallMicros time) {
    static constexpr std::string_view kModels[] = {"aiwave/glm-4-flash", "aiwave/deepseek-chat",
                                                   "aiwave/deepseek-reasoner"};
    static constexpr std::string_view kTiers[] = {"simple", "medium", "complex"};
    static constexpr std::string_view kTasks[] = {"code", "maths", "chat", "extraction"};
    static constexpr std::string_view kKeys[] = {"web", "batch", "mobile", "lab"};
    const auto strength = static_cast<size_t>(Below(10) < 6 ? 0 : 1 + Below(2));
    Record row = Row(time);
    row.route = Below(5) == 0 ? "support" : "auto";
    row.tier = kTiers[strength];
    row.model = Below(10) == 0 ? kBaseline : kModels[strength];
    row.reason = "learned";
    row.task = kTasks[static_cast<size_t>(Below(4))];
    row.language = Below(4) == 0 ? "de" : "en";
    const auto key = static_cast<size_t>(Below(4));
    row.key = kKeys[key];
    row.team = key < 2 ? "core" : "research";
    row.outcome = "ok";
    row.status = 200;
    row.tokens = {.prompt = 500 + Below(4000), .completion = 50 + Below(900)};
    row.tokens.estimated = Below(50) == 0;
    row.stream = Below(3) != 0;
    row.total_us = 400'000 + Below(1'500'000) * static_cast<int64_t>(1 + strength);
    row.first_token_us = row.stream ? row.total_us / 4 : -1;
    row.priced = true;
    const int64_t full = row.tokens.prompt * 2'500 + row.tokens.completion * 10'000;
    SetBaseline(full, &row);
    AddAttempts(row.model == kBaseline ? full : full / (40 >> strength), &row);
    return row;
  }

  // The same request at the baseline, and two calls of the judge.
  Record Sample(const Record& request) {
    Record row = Row(request.time + 2'000'000);
    row.kind = kSample;
    row.parent = request.id.ToString();
    row.outcome = "ok";
    row.priced = true;
    const bool by_judge = Below(3) != 0;
    row.verdict_by = by_judge ? "judge" : "exact";
    row.verdict = !by_judge || Below(10) < 7 ? "tie" : Below(4) == 0 ? "loss" : "win";
    row.attempts.push_back(Paid(kBaseline, "shadow", request.baseline_cost->nano + 17));
    row.attempts.back().total_us = 1'500'000 + Below(2'500'000);
    if (by_judge) {
      for (int i = 0; i < 2; ++i) {
        row.attempts.push_back(Paid("openai/gpt-4o-mini", "judge", 90'000 + Below(20'000)));
      }
    }
    for (const Attempt& attempt : row.attempts) row.cost.nano += attempt.cost.nano;
    return row;
  }

  Record Feedback(const Record& request) {
    Record row = Row(request.time + 60'000'000);
    row.kind = kFeedback;
    row.parent = request.id.ToString();
    row.rating = static_cast<double>(Below(9) - 3) / 5;
    return row;
  }

  Record Lost(WallMicros time) {
    Record row = Request(time);
    row.kind = kLost;
    row.outcome = "internal";
    row.attempts.clear();
    return row;
  }

  std::vector<Record> Days(int days, int requests_a_day) {
    std::vector<Record> rows;
    for (int day = 0; day < days; ++day) {
      for (int n = 0; n < requests_a_day; ++n) {
        const WallMicros time = kStart + day * kDay + n * (kDay / requests_a_day);
        rows.push_back(Request(time));
        const Record request = rows.back();
        if (request.outcome == "ok" && Below(12) == 0) rows.push_back(Sample(request));
        if (Below(25) == 0) rows.push_back(Feedback(request));
        if (Below(150) == 0) rows.push_back(Lost(time + 1'000'000));
      }
    }
    return rows;
  }

  static constexpr std::string_view kBaseline = "openai/gpt-4o";

 private:
  Record Row(WallMicros time) {
    Record row;
    row.time = time;
    const auto millis = static_cast<uint64_t>(time / 1000);
    const uint64_t random = random_.Next();
    for (size_t i = 0; i < 6; ++i) row.id.bytes[i] = static_cast<uint8_t>(millis >> (40 - 8 * i));
    for (size_t i = 0; i < 8; ++i) row.id.bytes[6 + i] = static_cast<uint8_t>(random >> (8 * i));
    row.endpoint = "chat";
    return row;
  }

  static Attempt Paid(std::string_view model, std::string_view role, int64_t nano) {
    Attempt attempt;
    attempt.model = model;
    attempt.provider = model.substr(0, model.find('/'));
    attempt.role = role;
    attempt.outcome = "ok";
    attempt.status = 200;
    attempt.priced = true;
    attempt.cost = NanoUsd{nano};
    return attempt;
  }

  void SetBaseline(int64_t nano, Record* row) {
    row->baseline = kBaseline;
    row->baseline_cost = NanoUsd{nano};
    row->baseline_low = NanoUsd{nano - nano / 8};
    row->baseline_high = NanoUsd{nano + nano / 6};
  }

  void AddAttempts(int64_t nano, Record* row) {
    if (Below(8) == 0) {
      row->cache = "hit";
      row->cache_saved = NanoUsd{nano};
      return;
    }
    if (Below(20) == 0) {
      row->attempts.push_back(Paid("aiwave/qwen-max", "", nano / 3));
      row->attempts.back().outcome = "upstream_reset";
    }
    row->attempts.push_back(Paid(row->model, "", nano));
    for (const Attempt& attempt : row->attempts) row->cost.nano += attempt.cost.nano;
  }

  SplitMix64 random_;
};

}  // namespace weir::ledger
