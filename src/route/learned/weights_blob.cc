// The weights as bytes: a header, the shipped part, and behind it what own labels say.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "base/hash.h"
#include "route/learned/weights.h"

namespace weir::route::learned {
namespace {

constexpr uint32_t kMaxItems = 1u << 20;
constexpr uint32_t kOwnPart = 0x4e574f57;  // "WOWN", behind the shipped part
struct BlobHeader {
  uint32_t magic = kBlobMagic;
  uint32_t version = kBlobVersion;
  uint64_t payload_bytes = 0;
  uint64_t checksum = 0;
};

template <typename Value>
void PutValue(const Value& value, std::string* bytes) {
  static_assert(std::is_trivially_copyable_v<Value>);
  bytes->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename Item>
void PutItems(const std::vector<Item>& items, std::string* bytes) {
  PutValue(static_cast<uint32_t>(items.size()), bytes);
  for (const Item& item : items) PutValue(item, bytes);
}

void PutForest(const Forest& forest, std::string* bytes) {
  PutValue(forest.depth, bytes);
  PutValue(forest.base, bytes);
  PutItems(forest.nodes, bytes);
  PutItems(forest.leaves, bytes);
}

class BlobReader {
 public:
  explicit BlobReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename Value>
  bool Take(Value* value) {
    static_assert(std::is_trivially_copyable_v<Value>);
    if (bytes_.size() < sizeof(*value)) return false;
    std::memcpy(value, bytes_.data(), sizeof(*value));
    bytes_.remove_prefix(sizeof(*value));
    return true;
  }

  template <typename Item>
  bool TakeItems(std::vector<Item>* items) {
    uint32_t count = 0;
    if (!Take(&count) || count > kMaxItems || bytes_.size() < count * sizeof(Item)) return false;
    static_assert(std::is_trivially_copyable_v<Item>);
    items->resize(count);
    if (count > 0) std::memcpy(items->data(), bytes_.data(), count * sizeof(Item));
    bytes_.remove_prefix(count * sizeof(Item));
    return true;
  }

  bool TakeForest(Forest* forest) {
    return Take(&forest->depth) && Take(&forest->base) && TakeItems(&forest->nodes) &&
           TakeItems(&forest->leaves) && IsSound(*forest);
  }

  bool AtEnd() const { return bytes_.empty(); }

 private:
  static bool IsSound(const Forest& forest) {
    if (forest.depth == 0 || forest.depth > 8) return false;
    const size_t leaves = size_t{1} << forest.depth;
    const size_t trees = forest.leaves.size() / leaves;
    if (forest.leaves.size() != trees * leaves) return false;
    if (forest.nodes.size() != trees * (leaves - 1)) return false;
    return std::all_of(forest.nodes.begin(), forest.nodes.end(),
                       [](const TreeNode& node) { return node.scalar < kScalars; });
  }

  std::string_view bytes_;
};

// What is not finite would compare with nothing: no floor, no order.
bool IsFinite(const OwnHead& head, std::span<const OwnCurve> curves) {
  const auto finite = [](float value) { return std::isfinite(value); };
  const auto sound = [&](const OwnCurve& curve) {
    return finite(curve.slope) && finite(curve.bias) && finite(curve.need) &&
           std::ranges::all_of(curve.type, finite);
  };
  return finite(head.step) && finite(head.bias) && std::ranges::all_of(head.weights, finite) &&
         std::ranges::all_of(curves, sound);
}

bool IsSound(const Constants& constants, std::span<const SuccessCurve> curves) {
  const auto finite = [](float value) { return std::isfinite(value); };
  const Constants& c = constants;
  const std::array values = {
      c.context_weight,    c.gain_step,         c.difficulty_step, c.gain_bias,
      c.difficulty_bias,   c.gain_mean,         c.gain_spread,     c.difficulty_mean,
      c.difficulty_spread, c.closed_difficulty, c.open_offset,     c.open_difficulty,
      c.open_cues,         c.prior_bias,        c.prior_price,     c.prior_slope};
  return std::ranges::all_of(values, finite) && std::ranges::all_of(c.prior_type, finite) &&
         c.gain_spread > 0 && c.difficulty_spread > 0 &&
         std::ranges::all_of(curves, [&](const SuccessCurve& curve) {
           return finite(curve.bias) && finite(curve.slope) &&
                  std::ranges::all_of(curve.type_prior, finite);
         });
}

bool IsAscending(const ShareTable& shares) {
  return std::ranges::all_of(shares, [](float need) { return std::isfinite(need); }) &&
         std::ranges::is_sorted(shares);
}

}  // namespace

std::string Weights::Save() const {
  std::string payload;
  PutValue(constants, &payload);
  PutItems(buckets, &payload);
  PutForest(gain_forest, &payload);
  PutForest(difficulty_forest, &payload);
  PutValue(subject_head, &payload);
  PutItems(traits, &payload);
  PutItems(curves, &payload);
  PutItems(families, &payload);
  PutValue(shares, &payload);
  if (own.labels > 0) {
    PutValue(kOwnPart, &payload);
    PutValue(own, &payload);
    PutItems(own_curves, &payload);
  }
  BlobHeader header;
  header.payload_bytes = payload.size();
  header.checksum = Hash64(payload);
  std::string blob;
  PutValue(header, &blob);
  return blob + payload;
}

bool Weights::Load(std::string_view blob) {
  BlobHeader header;
  BlobReader head(blob);
  if (!head.Take(&header) || header.magic != kBlobMagic || header.version != kBlobVersion) {
    return false;
  }
  const std::string_view payload = blob.substr(sizeof(header));
  if (payload.size() != header.payload_bytes || Hash64(payload) != header.checksum) return false;
  BlobReader reader(payload);
  Weights loaded;
  const bool complete = reader.Take(&loaded.constants) && reader.TakeItems(&loaded.buckets) &&
                        reader.TakeForest(&loaded.gain_forest) &&
                        reader.TakeForest(&loaded.difficulty_forest) &&
                        reader.Take(&loaded.subject_head) && reader.TakeItems(&loaded.traits) &&
                        reader.TakeItems(&loaded.curves) && reader.TakeItems(&loaded.families) &&
                        reader.Take(&loaded.shares) && IsAscending(loaded.shares);
  if (!complete || loaded.buckets.size() != kBuckets || !loaded.subject_head.IsSound())
    return false;
  if (loaded.traits.size() != (loaded.subject_head.subjects > 0 ? kTraitRows : 0)) return false;
  if (!reader.AtEnd()) {
    uint32_t part = 0;
    const bool whole = reader.Take(&part) && part == kOwnPart && reader.Take(&loaded.own) &&
                       reader.TakeItems(&loaded.own_curves);
    if (!whole || !reader.AtEnd() || !IsFinite(loaded.own, loaded.own_curves)) return false;
  }
  const auto finite = [](const FamilyPrior& family) { return std::isfinite(family.bias); };
  if (!IsSound(loaded.constants, loaded.curves) || !std::ranges::all_of(loaded.families, finite)) {
    return false;
  }
  for (OwnCurve& curve : loaded.own_curves) curve.name.back() = 0;
  for (SuccessCurve& curve : loaded.curves) curve.name.back() = 0;
  *this = std::move(loaded);
  return true;
}

}  // namespace weir::route::learned
