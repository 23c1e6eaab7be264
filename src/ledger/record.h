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

namespace weir::ledger {

struct Tokens {
  int64_t prompt = 0;
  int64_t cached = 0;  // part of prompt
  int64_t completion = 0;
  int64_t reasoning = 0;  // part of completion
  bool estimated = false;
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
  Attempts attempts;
  bool operator==(const BasicRecord&) const = default;
};
using Record = BasicRecord<ShelvedString, ShelvedVector<Attempt>>;

// A row as views into its payload; the attempts as the bytes that DecodeAttempts() reads.
using RowView = BasicRecord<std::string_view, std::string_view>;

// The journal's payload: a versioned binary form, fields by tag, unknown tags skipped, strings
// bounded. Text is cut at 256 bytes, JSON beyond 64 KiB replaced by a marker, attempts beyond 64
// left out.
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
