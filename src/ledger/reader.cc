#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <limits>

#include "ledger/bodies_table.h"
#include "ledger/experiment_query.h"
#include "ledger/report.h"
#include "ledger/report_query.h"
#include "ledger/store.h"
#include "ledger/summary.h"

namespace weir::ledger {
namespace {

constexpr int kBusyMilliseconds = 2000;

// One moment of the store for all statements of a call, and the call's bound of work. A failure to
// begin or end shows in the statements between.
class Snapshot {
 public:
  Snapshot(Database* database, int64_t steps) : database_(*database) {
    database_.set_step_limit(steps > 0 ? steps : std::numeric_limits<int64_t>::max());
    [[maybe_unused]] auto begun = database_.Execute("BEGIN");
  }
  ~Snapshot() {
    database_.set_step_limit(std::numeric_limits<int64_t>::max());
    [[maybe_unused]] auto ended = database_.Execute("ROLLBACK");
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Database& database_;
};

class SqliteReader final : public Reader {
 public:
  SqliteReader(Database database, ReadLimits limits)
      : database_(std::move(database)), limits_(limits) {}

  Result<Report> Summarize(WallMicros since, WallMicros until, GroupBy by) override;
  Result<std::vector<Record>> List(const DecisionFilter& filter) override;
  Result<std::optional<Record>> Find(const RequestId& id) override;
  Result<std::optional<Bodies>> FindBodies(const RequestId& id) override;
  Result<ExperimentFigures> Experiment(const ExperimentQuery& query) override {
    Snapshot snapshot(&database_, limits_.summarize_steps);
    return ReadExperiment(&database_, query);
  }

 private:
  Result<std::optional<int64_t>> SeqAt(const RequestId& id);
  Result<std::vector<Record>> Page(const DecisionFilter& filter);

  Database database_;
  std::optional<BodiesFinder> bodies_;  // made when somebody asks
  const ReadLimits limits_;
};

// A page's conditions as constant text, and what is bound to them. Nothing of a user gets into the
// text.
class PageQuery {
 public:
  explicit PageQuery(const DecisionFilter& filter) : filter_(filter) {}

  std::string Sql(bool after) const;
  int Bind(Statement* select) const;  // the next free index

 private:
  static constexpr std::array<std::string_view, 7> kTextConditions = {
      " AND route = ?", " AND model = ?", " AND tier = ?", " AND outcome = ?",
      " AND key = ?",   " AND team = ?",  " AND kind = ?"};
  std::array<std::string_view, 7> texts() const {
    std::string_view kind = requests_only() ? "" : std::string_view(filter_.kind);
    return {filter_.route, filter_.model, filter_.tier, filter_.outcome,
            filter_.key,   filter_.team,  kind};
  }
  bool requests_only() const { return filter_.kind == kRequest; }

  const DecisionFilter& filter_;
};

std::string PageQuery::Sql(bool after) const {
  std::string sql = SelectDecisionsSql() + " WHERE 1";
  if (filter_.since) sql += " AND seq >= ? AND time >= ?";
  if (filter_.until) sql += " AND seq <= ? AND time < ?";
  for (size_t i = 0; i < kTextConditions.size(); ++i) {
    if (!texts()[i].empty()) sql += kTextConditions[i];
  }
  if (requests_only()) sql += " AND kind = ''";
  // In these words SQLite knows that the partial indices serve.
  if (!requests_only() && !filter_.kind.empty()) sql += " AND kind <> ''";
  if (!filter_.outcome.empty() && filter_.outcome != "ok") sql += " AND outcome <> 'ok'";
  if (after) sql += " AND seq < ?";
  return sql + " ORDER BY seq DESC LIMIT ?";
}

int PageQuery::Bind(Statement* select) const {
  int index = 1;
  if (filter_.since) {
    select->Bind(index++, SeqFrom(*filter_.since));
    select->Bind(index++, *filter_.since);
  }
  if (filter_.until) {
    select->Bind(index++, SeqTo(*filter_.until));
    select->Bind(index++, *filter_.until);
  }
  for (std::string_view text : texts()) {
    if (!text.empty()) select->Bind(index++, text);
  }
  return index;
}

Error TooWide(Error error) {
  if (error.message == "interrupted") {
    error.message = "too many rows would have to be looked at: narrow `since` and `until`";
  }
  return error;
}

Result<Report> SqliteReader::Summarize(WallMicros since, WallMicros until, GroupBy by) {
  Snapshot snapshot(&database_, limits_.summarize_steps);
  WEIR_TRY(auto query, ReportQuery::Prepare(&database_, since, until));
  Summary summary(by);
  SummaryRow row;
  while (true) {
    auto more = query.Next(&row);
    if (!more) return TooWide(std::move(more).error());
    if (!*more) break;
    WEIR_CHECK_OK(summary.Add(row));
  }
  WEIR_TRY(Report report, std::move(summary).Finish());
  report.since = since;
  report.until = until;
  return report;
}

Result<std::optional<int64_t>> SqliteReader::SeqAt(const RequestId& id) {
  WEIR_TRY(auto select,
           database_.Prepare("SELECT seq FROM decisions WHERE seq BETWEEN ? AND ? AND id = ?"));
  const int64_t first = SeqOf(id);
  select.Bind(1, first);
  select.Bind(2, first > INT64_MAX - kMaxSteps ? INT64_MAX : first + kMaxSteps);
  select.Bind(3, id);
  WEIR_TRY(bool row, select.Step());
  return row ? std::optional(select.Int(0)) : std::nullopt;
}

Result<std::vector<Record>> SqliteReader::Page(const DecisionFilter& filter) {
  auto after = ParseRequestId(filter.after);
  if (!filter.after.empty() && !after) {
    return MakeError(Reason::kBadRequest, "`after` is not the id of a decision", "after");
  }
  PageQuery query(filter);
  WEIR_TRY(auto select, database_.Prepare(query.Sql(after.has_value())));
  int index = query.Bind(&select);
  if (after) {
    // Retention may have deleted that row meanwhile; then its id still tells where it was.
    WEIR_TRY(auto seq, SeqAt(*after));
    select.Bind(index++, seq.value_or(SeqOf(*after)));
  }
  select.Bind(index, std::clamp(filter.limit, 1, 500));
  std::vector<Record> page;
  while (true) {
    WEIR_TRY(bool row, select.Step());
    if (!row) return page;
    WEIR_TRY(Record record, ReadDecision(select));
    page.push_back(std::move(record));
  }
}

Result<std::vector<Record>> SqliteReader::List(const DecisionFilter& filter) {
  Snapshot snapshot(&database_, limits_.list_steps);
  auto page = Page(filter);
  if (!page) return TooWide(std::move(page).error());
  return page;
}

Result<std::optional<Record>> SqliteReader::Find(const RequestId& id) {
  Snapshot snapshot(&database_, limits_.list_steps);
  WEIR_TRY(auto seq, SeqAt(id));
  if (!seq) return std::optional<Record>();
  WEIR_TRY(auto select, database_.Prepare(SelectDecisionsSql() + " WHERE seq = ?"));
  select.Bind(1, *seq);
  WEIR_TRY(bool row, select.Step());
  if (!row) return std::optional<Record>();
  WEIR_TRY(Record record, ReadDecision(select));
  return std::optional<Record>(std::move(record));
}

Result<std::optional<Bodies>> SqliteReader::FindBodies(const RequestId& id) {
  Snapshot snapshot(&database_, limits_.list_steps);
  if (!bodies_) {
    WEIR_TRY(bodies_, BodiesFinder::Prepare(&database_));
  }
  return bodies_->Find(id);
}

Result<Database> OpenStore(const std::string& path, Database::Mode mode) {
  WEIR_TRY(Database database, Database::Open(path, mode));
  database.set_busy_timeout(kBusyMilliseconds);
  WEIR_CHECK_OK(CheckSchema(&database));
  return database;
}

}  // namespace

Result<std::unique_ptr<Reader>> Reader::Open(const std::string& data_dir, ReadLimits limits) {
  std::string path = StorePath(data_dir);
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    return MakeError(Reason::kIo, fmt::format("there is no ledger in {} (no {}): `weir serve` "
                                              "writes it",
                                              data_dir, path));
  }
  auto database = OpenStore(path, Database::Mode::kReadOnly);
  // Where even the -shm of a reader cannot be made, nobody writes either.
  if (!database && stat((path + "-wal").c_str(), &status) != 0) {
    if (auto still = OpenStore(path, Database::Mode::kImmutable)) database = std::move(still);
  }
  if (!database) {
    Error error = std::move(database).error();
    error.message = path + ": " + error.message;
    return error;
  }
  return std::unique_ptr<Reader>(std::make_unique<SqliteReader>(*std::move(database), limits));
}

}  // namespace weir::ledger
