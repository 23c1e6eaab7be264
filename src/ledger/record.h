// The durable record of one request: a decision row and a row an attempt. Integers only where money
// or tokens are concerned.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/shelves.h"
#include "ledger/bodies.h"

namespace weir::ledger {

// As the provider counted them. `cached` and `cache_write` are parts of prompt that do not overlap;
// so are, across them, the audio and image parts.
struct Tokens {
  int64_t prompt = 0;
  int64_t cached = 0;
  int64_t completion = 0;
  int64_t reasoning = 0;  // part of completion
  bool estimated = false;
  int64_t cache_write = 0;
  int64_t audio_prompt = 0;
  int64_t image_prompt = 0;
  int64_t audio_completion = 0;  // part of completion
  bool operator==(const Tokens&) const = default;
};

// `Text` is a string, or std::string_view for a row that is read where it stands.
template <class Text>
struct BasicAttempt {
  Text model;  // "aiwave/deepseek-chat"
  Text provider;
  Text outcome;        // "ok" or a Reason's name
  int32_t status = 0;  // the upstream's, 0: none came
  Tokens tokens;
  bool priced = false;
  NanoUsd cost;
  int64_t started_us = 0;      // after the request was whole
  int64_t first_byte_us = -1;  // after the attempt began; -1: none came
  int64_t total_us = 0;
  Text role;  // empty: it was to answer the client; "shadow", "judge", "unknown" (died with us)
  bool operator==(const BasicAttempt&) const = default;
};
using Attempt = BasicAttempt<ShelvedString>;

template <class Text, class Attempts>
struct BasicRecord {
  RequestId id;
  WallMicros time = 0;  // when the request was whole
  Text endpoint;        // "chat", "completions", "embeddings"
  Text route;           // empty when pinned
  Text tier;
  Text reason;     // x-weir-reason
  Text requested;  // the model name the client asked for, bounded to 256 bytes
  Text model;      // who answered; empty when nobody did
  Text fallback;   // why not the first, or empty
  Text cache = "off";
  Text outcome;        // "ok", or a Reason's name
  int32_t status = 0;  // what the client got
  bool stream = false;
  Tokens tokens;        // of the attempt that answered
  NanoUsd cost;         // sum of the attempts' rounded costs
  bool priced = false;  // false: some attempt's model had no price
  Text baseline;        // model of the counterfactual, or empty
  std::optional<NanoUsd> baseline_cost;
  int64_t first_token_us = -1;  // to the client's first content byte
  int64_t total_us = 0;
  double score = 0;
  Text candidates;  // JSON: [{"model","expected_cost_nano"} …]
  Text rejected;    // JSON: [{"model","why","detail"} …]
  Text signals;     // JSON: {"name":value …}
  Text policy;      // JSON: the thresholds it was decided by; empty: there were none
  uint32_t config_version = 0;
  Text key;   // of the client, by name; empty: none was asked for
  Text team;  // of the key
  Text user;  // that the request names, where its key has budgets for each
  // Empty: a client's request. Others stand for what Weir did or learned about the request
  // `parent`: kSample, kFeedback, kLost; kOrder is a person's, about route and tier; kReserve is no
  // row but a promise that one of the same id will follow.
  Text kind;
  Text parent;      // a request's id as text
  Text task;        // what the classifier took it for: "code", "maths", …
  Text language;    // of the prompt, as far as it is told
  Text experiment;  // and the arm of it that decided
  Text arm;
  // Whom the arm is for, a hash of 53 bits of the user or session; 0: nobody, or not noted.
  int64_t unit = 0;
  // What baseline_cost may have been at least and at most.
  std::optional<NanoUsd> baseline_low, baseline_high;
  NanoUsd cache_saved;         // what the kept answer cost when it was made
  NanoUsd strong_cost;         // of `cost`, what strong models took
  double chance = 0;           // P(ok) of the model that answered; 0: not known
  double baseline_chance = 0;  // likewise of the baseline
  Text verdict;                // of a sample: "win", "tie", "loss" of the answer given; empty: none
  Text verdict_by;             // "exact", "json", "number", "judge"
  Text verdict_why;            // the judge's words, or a client's comment
  double rating = 0;           // a client's feedback, -1..1
  Attempts attempts;
  bool operator==(const BasicRecord&) const = default;
};
inline constexpr std::string_view kSample = "sample";
// Outcome of a sample whose judged answer no client got: the cheaper model was asked to learn of
// it.
inline constexpr std::string_view kProbe = "probe";
inline constexpr std::string_view kFeedback = "feedback";
inline constexpr std::string_view kLost = "lost";
inline constexpr std::string_view kOrder = "order";  // outcome: "undo" or "resume"
inline constexpr std::string_view kReserve = "reserve";
using Record = BasicRecord<ShelvedString, ShelvedVector<Attempt>>;

// A row as views into its payload; the attempts as the bytes that DecodeAttempts() reads.
struct RowView : BasicRecord<std::string_view, std::string_view> {
  BodiesView bodies;
};

// The journal's payload, but for the bodies, which AppendBodies() puts behind it: a versioned
// binary form, fields by tag, unknown tags skipped, strings bounded. Text is cut at 256 bytes, JSON
// beyond 64 KiB replaced by a marker, attempts beyond 64 left out.
std::string Encode(const Record& record);
// Replaces what `out` holds; keeps its capacity, so that a worker's scratch string stops
// allocating.
void EncodeInto(const Record& record, std::string* out);
// kIo for bytes that are no row of a version known here. Never crashes, whatever the bytes.
Result<Record> Decode(std::string_view bytes);
// The same row without a copy, wholly checked; `bytes` must outlive it.
Result<RowView> View(std::string_view bytes);
// What RowView::attempts holds, at most 64.
Result<ShelvedVector<Attempt>> DecodeAttempts(std::string_view bytes);

}  // namespace weir::ledger
