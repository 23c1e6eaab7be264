#include "gateway/target.h"

namespace weir::gateway {

Target ResolveTarget(const Snapshot& snapshot, const route::Decision& decision,
                     const route::Candidate& candidate) {
  Target target;
  const catalog::Directory& directory = *snapshot.directory;
  if (candidate.model == catalog::kNoModel) {
    target.provider = &directory.provider(*decision.open_provider);
    target.wire_name = decision.open_upstream;
    target.name = fmt::format("{}/{}", target.provider->name, decision.open_upstream);
  } else {
    target.model = &directory.model(candidate.model);
    target.provider = &directory.provider(target.model->provider);
    target.breaker = snapshot.breakers[candidate.model].get();
    target.wire_name = target.model->upstream;
    target.name = target.model->name;
  }
  target.upstream = &snapshot.upstreams[target.provider->id];
  return target;
}

}  // namespace weir::gateway
