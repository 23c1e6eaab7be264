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

namespace weir::ledger {

struct Tokens {
  int64_t prompt = 0;
  int64_t cached = 0;  // part of prompt
  int64_t completion = 0;
  int64_t reasoning = 0;  // part of completion
  bool estimated = false;
  bool operator==(const Tokens&) const = default;
};

struct Attempt {
  std::string model;  // "aiwave/deepseek-chat"
  std::string provider;
  std::string outcome;  // "ok" or a Reason's name
  int32_t status = 0;   // the upstream's, 0: none came
  Tokens tokens;
  bool priced = false;
  NanoUsd cost;
  int64_t started_us = 0;      // after the request was whole
  int64_t first_byte_us = -1;  // after the attempt began; -1: none came
  int64_t total_us = 0;
  bool operator==(const Attempt&) const = default;
};

struct Record {
  RequestId id;
  WallMicros time = 0;   // when the request was whole
  std::string endpoint;  // "chat", "completions", "embeddings"
  std::string route;     // empty when pinned
  std::string tier;
  std::string reason;     // x-weir-reason
  std::string requested;  // the model name the client asked for, bounded to 256 bytes
  std::string model;      // who answered; empty when nobody did
  std::string fallback;   // why not the first, or empty
  std::string cache = "off";
  std::string outcome;  // "ok", or a Reason's name
  int32_t status = 0;   // what the client got
  bool stream = false;
  Tokens tokens;         // of the attempt that answered
  NanoUsd cost;          // sum of the attempts' rounded costs
  bool priced = false;   // false: some attempt's model had no price
  std::string baseline;  // model of the counterfactual, or empty
  std::optional<NanoUsd> baseline_cost;
  int64_t first_token_us = -1;  // to the client's first content byte
  int64_t total_us = 0;
  double score = 0;
  std::string candidates;  // JSON: [{"model","expected_cost_nano"} …]
  std::string rejected;    // JSON: [{"model","why","detail"} …]
  std::string signals;     // JSON: {"name":value …}
  uint32_t config_version = 0;
  std::vector<Attempt> attempts;
  bool operator==(const Record&) const = default;
};

// The journal's payload: a versioned binary form, fields by tag, unknown tags skipped, strings
// bounded. Text is cut at 256 bytes, JSON beyond 64 KiB replaced by a marker, attempts beyond 64
// left out.
std::string Encode(const Record& record);
// Replaces what `out` holds; keeps its capacity, so that a worker's scratch string stops
// allocating.
void EncodeInto(const Record& record, std::string* out);
// kIo for bytes that are no row of a version known here. Never crashes, whatever the bytes.
Result<Record> Decode(std::string_view bytes);

}  // namespace weir::ledger
