#include "ledger/spend_folder.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace weir::ledger {
namespace {

int64_t FirstOfMonth(int64_t day) {
  if (day <= kBeforeAll) return kBeforeAll;
  if (day >= -kBeforeAll) return day;  // no date that a calendar has
  const std::chrono::year_month_day date = std::chrono::sys_days(std::chrono::days(day));
  return std::chrono::sys_days(date.year() / date.month() / 1).time_since_epoch().count();
}

// Behind the last one, or into it.
void Add(int64_t day, const SpentDay& spent, std::vector<SpentDay>* sums) {
  if (sums->empty() || sums->back().day != day) sums->push_back({day, {}, {}});
  SpentDay& sum = sums->back();
  sum.cost = AddSaturating(sum.cost, spent.cost);
  sum.strong = AddSaturating(sum.strong, spent.strong);
}

}  // namespace

std::vector<SpentDay> Fold(std::span<const SpentDay> days) {
  const size_t apart = std::min(days.size(), kDaysApart);
  std::vector<SpentDay> months, folded;
  for (const SpentDay& day : days.first(days.size() - apart)) {
    Add(FirstOfMonth(day.day), day, &months);
  }
  const size_t old = months.size() - std::min(months.size(), kMonthsApart);
  for (size_t i = 0; i < months.size(); ++i) {
    Add(i < old ? kBeforeAll : months[i].day, months[i], &folded);
  }
  folded.insert(folded.end(), days.end() - static_cast<ptrdiff_t>(apart), days.end());
  return folded;
}

Result<SpendFolder> SpendFolder::Prepare(Database* database) {
  WEIR_TRY(auto read, database->Prepare("SELECT account, day, cost, strong FROM spend "
                                        "WHERE account > ? ORDER BY account, day"));
  WEIR_TRY(auto erase, database->Prepare("DELETE FROM spend WHERE account = ?"));
  WEIR_TRY(auto writer, SpentWriter::Prepare(database));
  return SpendFolder(std::move(read), std::move(erase), std::move(writer));
}

// All are read before any is written: what a cursor sees of a table that changes is not defined.
Result<bool> SpendFolder::FoldSome(int64_t most) {
  std::vector<std::pair<std::string, std::vector<SpentDay>>> accounts;
  read_.Bind(1, std::string_view(after_));
  bool more = false;
  for (int64_t rows = 0;; ++rows) {
    WEIR_TRY(more, read_.Step());
    const bool next = more && (accounts.empty() || read_.TextAt(0) != accounts.back().first);
    if (!more || (next && rows >= most)) break;
    if (next) accounts.emplace_back(read_.TextAt(0), std::vector<SpentDay>());
    accounts.back().second.push_back({read_.Int(1), NanoUsd{read_.Int(2)}, NanoUsd{read_.Int(3)}});
  }
  read_.Reset();
  for (const auto& [account, days] : accounts) {
    const std::vector<SpentDay> folded = Fold(days);
    if (folded.size() < days.size()) WEIR_CHECK_OK(Replace(account, folded));
  }
  after_ = more ? accounts.back().first : std::string();
  return more;
}

Result<void> SpendFolder::Replace(const std::string& account, std::span<const SpentDay> days) {
  erase_.Bind(1, std::string_view(account));
  WEIR_CHECK_OK(erase_.Run());
  return writer_.Write(account, days);
}

}  // namespace weir::ledger
