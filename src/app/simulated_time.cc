#include "app/simulated_time.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <filesystem>

#include "base/moment.h"
#include "config/mark.h"
#include "json/object.h"
#include "ledger/data_dir.h"
#include "ledger/segment.h"
#include "ledger/store.h"

namespace weir::app {
namespace {

constexpr const char* kMarker = "/simulated-time";

}  // namespace

SimulatedClock::SimulatedClock(WallMicros begin) : ahead_(begin - SystemClock().Wall()) {}

WallMicros SimulatedClock::Wall() const {
  return SystemClock().Wall() + ahead_.load(std::memory_order_relaxed);
}

Result<void> SimulatedClock::MoveTo(WallMicros time) {
  WallMicros ahead = ahead_.load(std::memory_order_relaxed);
  const WallMicros real = SystemClock().Wall();
  while (time >= real + ahead) {
    if (ahead_.compare_exchange_weak(ahead, time - real, std::memory_order_relaxed)) return {};
  }
  return MakeError(
      Reason::kBadRequest,
      fmt::format("it is {} already, and time does not go back", FormatWall(real + ahead)), "now");
}

Result<void> AllowSimulatedTime(const config::Settings& settings,
                                const catalog::Directory& directory) {
  for (const catalog::Provider& provider : directory.providers()) {
    if (provider.api == catalog::kSimulatorDialect) continue;
    config::Mark mark = settings.providers_mark;
    for (const config::ProviderSettings& said : settings.providers) {
      if (said.name.text == provider.name) mark = said.name.mark;
    }
    return config::ErrorAt(settings.file, mark,
                           fmt::format("--simulated-time is refused: `{}` is no simulator, and "
                                       "what real providers bill has a time of its own",
                                       provider.name));
  }
  return {};
}

Result<void> HoldTimeOf(const std::string& data_dir, bool simulated) {
  std::error_code error;
  const std::string marker = data_dir + kMarker;
  const bool marked = std::filesystem::exists(marker, error);
  if (marked == simulated) return {};
  if (marked) {
    return MakeError(Reason::kConfig, fmt::format("{} holds rows of a simulated time (weir serve "
                                                  "--simulated-time): use another data_dir",
                                                  data_dir));
  }
  WEIR_TRY(const auto segments, ledger::ListSegments(data_dir));
  if (!segments.empty() || std::filesystem::exists(ledger::StorePath(data_dir), error)) {
    return MakeError(Reason::kConfig, fmt::format("{} holds rows of real time: --simulated-time "
                                                  "wants a data_dir of its own",
                                                  data_dir));
  }
  WEIR_CHECK_OK(ledger::MakeDataDir(data_dir));
  const ledger::File file(open(marker.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return ledger::FileError("creating", marker, errno);
  return {};
}

Result<std::string> MoveTime(SimulatedClock& clock, std::string_view body) {
  WEIR_TRY(const json::Object object, json::Object::Parse(body));
  WEIR_TRY(const std::string text, object.RequiredString("now"));
  const std::optional<WallMicros> time = ParseMoment(text);
  if (!time) {
    return MakeError(Reason::kBadRequest, "`now` must be a UTC time such as 2026-09-02T08:00:00Z",
                     "now");
  }
  WEIR_CHECK_OK(clock.MoveTo(*time));
  return fmt::format(R"({{"now":"{}"}})", FormatWall(clock.Wall()));
}

}  // namespace weir::app
