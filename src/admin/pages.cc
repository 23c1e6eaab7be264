#include "admin/pages.h"

#include <fmt/format.h>

#include <array>

#include "admin/decisions.h"
#include "admin/exposition.h"
#include "admin/query.h"
#include "base/strings.h"

namespace weir::admin {
namespace {

Result<Answer> ShowMetrics(const Ask& ask) {
  return Answer{WriteExposition(ask.api.metrics()), kExpositionType};
}

Result<Answer> ShowHealth(const Ask& ask) {
  return Answer{ask.api.health()};
}

Result<Answer> Alive(const Ask&) {
  return Answer{R"({"status":"ok"})"};
}

Result<Answer> Explain(const Ask& ask) {
  WEIR_CHECK_OK(Query::Parse(ask.query, {}));
  WEIR_TRY(std::string decision, ask.api.explain(ask.body));
  return Answer{std::move(decision)};
}

Result<Answer> Reload(const Ask& ask) {
  WEIR_CHECK_OK(Query::Parse(ask.query, {}));
  WEIR_TRY(std::string outcome, ask.api.reload());
  return Answer{std::move(outcome)};
}

Result<Answer> PurgeCache(const Ask& ask) {
  WEIR_CHECK_OK(Query::Parse(ask.query, {}));
  WEIR_TRY(std::string outcome, ask.api.purge_cache(ask.body));
  return Answer{std::move(outcome)};
}

Result<Answer> ShowQuality(const Ask& ask) {
  WEIR_CHECK_OK(Query::Parse(ask.query, {}));
  return Answer{ask.api.quality()};
}

Result<Answer> UndoQuality(const Ask& ask) {
  WEIR_CHECK_OK(Query::Parse(ask.query, {}));
  WEIR_TRY(std::string outcome, ask.api.undo_quality(ask.body));
  return Answer{std::move(outcome)};
}

Result<Answer> ResumeQuality(const Ask& ask) {
  WEIR_CHECK_OK(Query::Parse(ask.query, {}));
  WEIR_TRY(std::string outcome, ask.api.resume_quality(ask.body));
  return Answer{std::move(outcome)};
}

Result<Answer> ListKeys(const Ask& ask) {
  WEIR_CHECK_OK(Query::Parse(ask.query, {}));
  return Answer{ask.api.list_keys()};
}

Result<Answer> AddKey(const Ask& ask) {
  WEIR_CHECK_OK(Query::Parse(ask.query, {}));
  WEIR_TRY(std::string outcome, ask.api.add_key(ask.body));
  return Answer{std::move(outcome)};
}

Result<Answer> RevokeKey(const Ask& ask) {
  WEIR_CHECK_OK(Query::Parse(ask.query, {}));
  const std::string_view raw = ask.path.substr(ask.path.rfind('/') + 1);
  const auto name = PercentDecode(raw, false);
  if (!name) return MakeError(Reason::kBadRequest, "the key's name is not well encoded");
  WEIR_TRY(std::string outcome, ask.api.revoke_key(*name));
  return Answer{std::move(outcome)};
}

Result<Answer> MoveTime(const Ask& ask) {
  WEIR_CHECK_OK(Query::Parse(ask.query, {}));
  if (!ask.api.move_time) {
    return MakeError(Reason::kNotFound,
                     "this server's time is real; `weir serve --simulated-time` has one to move");
  }
  WEIR_TRY(std::string outcome, ask.api.move_time(ask.body));
  return Answer{std::move(outcome)};
}

constexpr std::array<Page, 16> kPages = {{
    {"GET", "/metrics", "/metrics", ShowMetrics},
    {"GET", "/api/decisions", "/api/decisions", ListDecisions},
    {"GET", "/api/decisions/", "/api/decisions/{id}", ShowDecision},
    {"GET", "/api/report", "/api/report", ShowReport},
    {"POST", "/api/explain", "/api/explain", Explain},
    {"POST", "/api/reload", "/api/reload", Reload},
    {"POST", "/api/cache/purge", "/api/cache/purge", PurgeCache},
    {"GET", "/api/keys", "/api/keys", ListKeys},
    {"POST", "/api/keys", "/api/keys", AddKey},
    {"DELETE", "/api/keys/", "/api/keys/{name}", RevokeKey},
    {"GET", "/api/quality", "/api/quality", ShowQuality},
    {"POST", "/api/quality/undo", "/api/quality/undo", UndoQuality},
    {"POST", "/api/quality/resume", "/api/quality/resume", ResumeQuality},
    {"POST", "/api/time", "/api/time", MoveTime},
    {"GET", "/api/health", "/api/health", ShowHealth},
    {"GET", kAlivePath, kAlivePath, Alive},
}};

bool Matches(const Page& page, std::string_view path) {
  if (!page.path.ends_with('/')) return path == page.path;
  if (!path.starts_with(page.path) || path.size() == page.path.size()) return false;
  return path.find('/', page.path.size()) == std::string_view::npos;
}

std::string ServedText() {
  std::string text;
  for (const Page& page : kPages) {
    fmt::format_to(std::back_inserter(text), "{}{} {}", text.empty() ? "" : ", ", page.method,
                   page.shown);
  }
  return text;
}

}  // namespace

Result<const Page*> FindPage(std::string_view method, std::string_view path) {
  std::string allowed;
  for (const Page& page : kPages) {
    if (!Matches(page, path)) continue;
    if (page.method == method) return &page;
    fmt::format_to(std::back_inserter(allowed), "{}{}", allowed.empty() ? "" : ", ", page.method);
  }
  if (!allowed.empty()) {
    Error error = MakeError(Reason::kMethodNotAllowed,
                            fmt::format("this path is served for {} only", allowed));
    error.allow = allowed;
    return error;
  }
  return MakeError(Reason::kUnsupportedEndpoint,
                   fmt::format("nothing is served at this path; served are: {}", ServedText()));
}

}  // namespace weir::admin
