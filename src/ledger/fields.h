// The one list of what a row holds. The journal's codec, the SQLite schema and the JSON of a
// decision all loop over it: a new field is one line here and one in record.h.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "ledger/record.h"

namespace weir::ledger {

// What a value means beyond its type. kMaybeMicros: -1 stands for "none".
enum class Form : uint8_t { kPlain, kJsonArray, kJsonObject, kTime, kMaybeMicros };

struct RowField {
  uint8_t tag;            // in the journal, for ever; below kMaxTag
  std::string_view name;  // column of the store, member of the JSON
  Form form = Form::kPlain;
  // The journal leaves out what is empty, 0 or "none"; but not where the default is something else.
  bool always = false;
};

inline constexpr uint8_t kMaxTag = 64;
inline constexpr uint8_t kAttemptTag = 63;  // repeated, holds an Attempt's fields
inline constexpr uint8_t kRequestTag = 60, kAnswerTag = 61,
                         kOtherTag = 62;        // of Bodies, behind all
inline constexpr size_t kMaxTextBytes = 256;    // longer text is cut at a UTF-8 boundary
inline constexpr size_t kMaxJsonBytes = 65536;  // longer JSON is replaced: kCutArray, kCutObject
inline constexpr size_t kMaxAttempts = 64;      // further attempts are left out
inline constexpr std::string_view kCutArray = R"([{"cut":true}])";
inline constexpr std::string_view kCutObject = R"({"cut":true})";

template <class R>
inline constexpr bool kIsRecord = std::same_as<R, Record> || std::same_as<R, RowView>;
template <class A>
inline constexpr bool kIsAttempt =
    std::same_as<A, Attempt> || std::same_as<A, BasicAttempt<std::string_view>>;

template <class R, class Visit>
  requires kIsRecord<std::remove_const_t<R>>
void VisitFields(R& record, Visit&& visit) {
  visit(RowField{1, "id"}, record.id);
  visit(RowField{2, "time", Form::kTime}, record.time);
  visit(RowField{3, "endpoint"}, record.endpoint);
  visit(RowField{4, "route"}, record.route);
  visit(RowField{5, "tier"}, record.tier);
  visit(RowField{6, "reason"}, record.reason);
  visit(RowField{7, "requested"}, record.requested);
  visit(RowField{8, "model"}, record.model);
  visit(RowField{9, "fallback"}, record.fallback);
  visit(RowField{10, "cache", Form::kPlain, true}, record.cache);
  visit(RowField{11, "outcome"}, record.outcome);
  visit(RowField{12, "status"}, record.status);
  visit(RowField{13, "stream"}, record.stream);
  visit(RowField{14, "prompt_tokens"}, record.tokens.prompt);
  visit(RowField{15, "cached_tokens"}, record.tokens.cached);
  visit(RowField{16, "completion_tokens"}, record.tokens.completion);
  visit(RowField{17, "reasoning_tokens"}, record.tokens.reasoning);
  visit(RowField{18, "estimated"}, record.tokens.estimated);
  visit(RowField{19, "cost"}, record.cost);
  visit(RowField{20, "priced"}, record.priced);
  visit(RowField{21, "baseline"}, record.baseline);
  visit(RowField{22, "baseline_cost"}, record.baseline_cost);
  visit(RowField{23, "first_token_us", Form::kMaybeMicros}, record.first_token_us);
  visit(RowField{24, "total_us"}, record.total_us);
  visit(RowField{25, "score"}, record.score);
  visit(RowField{26, "candidates", Form::kJsonArray}, record.candidates);
  visit(RowField{27, "rejected", Form::kJsonArray}, record.rejected);
  visit(RowField{28, "signals", Form::kJsonObject}, record.signals);
  visit(RowField{29, "config_version"}, record.config_version);
  visit(RowField{30, "policy", Form::kJsonObject}, record.policy);
  visit(RowField{31, "key"}, record.key);
  visit(RowField{32, "team"}, record.team);
  visit(RowField{33, "user"}, record.user);
  visit(RowField{34, "kind"}, record.kind);
  visit(RowField{35, "parent"}, record.parent);
  visit(RowField{36, "task"}, record.task);
  visit(RowField{37, "language"}, record.language);
  visit(RowField{38, "experiment"}, record.experiment);
  visit(RowField{39, "arm"}, record.arm);
  visit(RowField{40, "baseline_low"}, record.baseline_low);
  visit(RowField{41, "baseline_high"}, record.baseline_high);
  visit(RowField{42, "cache_saved"}, record.cache_saved);
  visit(RowField{43, "strong_cost"}, record.strong_cost);
  visit(RowField{44, "chance"}, record.chance);
  visit(RowField{45, "baseline_chance"}, record.baseline_chance);
  visit(RowField{46, "cache_write_tokens"}, record.tokens.cache_write);
  visit(RowField{47, "audio_prompt_tokens"}, record.tokens.audio_prompt);
  visit(RowField{48, "image_prompt_tokens"}, record.tokens.image_prompt);
  visit(RowField{49, "audio_completion_tokens"}, record.tokens.audio_completion);
  visit(RowField{50, "verdict"}, record.verdict);
  visit(RowField{51, "verdict_by"}, record.verdict_by);
  visit(RowField{52, "verdict_why"}, record.verdict_why);
  visit(RowField{53, "rating"}, record.rating);
  visit(RowField{54, "unit"}, record.unit);
}

template <class A, class Visit>
  requires kIsAttempt<std::remove_const_t<A>>
void VisitFields(A& attempt, Visit&& visit) {
  visit(RowField{1, "model"}, attempt.model);
  visit(RowField{2, "provider"}, attempt.provider);
  visit(RowField{3, "outcome"}, attempt.outcome);
  visit(RowField{4, "status"}, attempt.status);
  visit(RowField{5, "prompt_tokens"}, attempt.tokens.prompt);
  visit(RowField{6, "cached_tokens"}, attempt.tokens.cached);
  visit(RowField{7, "completion_tokens"}, attempt.tokens.completion);
  visit(RowField{8, "reasoning_tokens"}, attempt.tokens.reasoning);
  visit(RowField{9, "estimated"}, attempt.tokens.estimated);
  visit(RowField{10, "priced"}, attempt.priced);
  visit(RowField{11, "cost"}, attempt.cost);
  visit(RowField{12, "started_us"}, attempt.started_us);
  visit(RowField{13, "first_byte_us", Form::kMaybeMicros}, attempt.first_byte_us);
  visit(RowField{14, "total_us"}, attempt.total_us);
  visit(RowField{15, "role"}, attempt.role);
  visit(RowField{16, "cache_write_tokens"}, attempt.tokens.cache_write);
  visit(RowField{17, "audio_prompt_tokens"}, attempt.tokens.audio_prompt);
  visit(RowField{18, "image_prompt_tokens"}, attempt.tokens.image_prompt);
  visit(RowField{19, "audio_completion_tokens"}, attempt.tokens.audio_completion);
}

}  // namespace weir::ledger
