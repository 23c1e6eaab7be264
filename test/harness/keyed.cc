#include "test/harness/keyed.h"

#include <fmt/format.h>

#include <cmath>

#include "ledger/report.h"

namespace weir::e2e {

std::string KeyedTest::Config(std::string_view keys, std::string_view routes) const {
  return fmt::format(R"(
workers: 2
providers:
  up: {{api: openai, base_url: "{}", keys: [provider-key], retries: 0}}
models:
  small: {{provider: up, price: {{input: 0, output: 1}}}}
  large: {{provider: up, price: {{input: 0, output: 10}}}}
  priced: {{provider: up, price: {{input: 1, output: 1}}}}
  nameless: {{provider: up}}
{}
keys:{}
)",
                     upstream_.Url(), routes, keys);
}

void KeyedTest::Start(std::string_view keys, std::string_view routes) {
  upstream_.Always(Script::Json(ChatReply("hello")));
  StartWith(Config(keys, routes));
}

void KeyedTest::StartWith(std::string config) {
  weir_ = std::make_unique<WeirProcess>(std::move(config));
  ASSERT_TRUE(weir_->Start()) << weir_->output();
}

HttpAnswer KeyedTest::Ask(std::string_view model, std::string_view more,
                          std::string_view key) const {
  return Post(port(), "/v1/chat/completions", ChatBody(model, "hi", more), Bearer(key));
}

std::vector<HttpAnswer> KeyedTest::AskTogether(size_t count, std::string_view model,
                                               std::string_view more, std::string_view key) const {
  const std::string request =
      RequestBytes("POST", "/v1/chat/completions", ChatBody(model, "hi", more), Bearer(key));
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (size_t i = 0; i < count; ++i) clients.push_back(std::make_unique<HttpClient>(port()));
  for (const auto& client : clients) client->Send(request);
  std::vector<HttpAnswer> answers;
  for (const auto& client : clients) answers.push_back(client->ReadAnswer());
  return answers;
}

int64_t KeyedTest::Count(const std::vector<HttpAnswer>& answers, int status) {
  return std::ranges::count(answers, status, &HttpAnswer::status);
}

HttpAnswer KeyedTest::Admin(std::string_view method, std::string_view path,
                            std::string_view body) const {
  HttpClient client(weir_->admin_port());
  client.Send(RequestBytes(
      method, path, body,
      {{"authorization", "Bearer admin-key-of-the-tests"}, {"content-type", "application/json"}}));
  return client.ReadAnswer();
}

double KeyedTest::Metric(std::string_view name) const {
  const std::string page = Admin("GET", "/metrics").body;
  const size_t at = page.find(fmt::format("\n{} ", name));
  return at == page.npos ? -1 : std::strtod(page.c_str() + at + name.size() + 2, nullptr);
}

std::string KeyedTest::SpentUsd(std::string_view key, std::string_view period) const {
  const std::string list = Admin("GET", "/api/keys").body;
  size_t at = list.find(fmt::format(R"("name":"{}")", key));
  at = at == list.npos ? at : list.find(fmt::format(R"("{}":")", period), at);
  if (at == list.npos) return "absent";
  at += period.size() + 4;
  return list.substr(at, list.find('"', at) - at);
}

KeyedTest::Rows KeyedTest::StopAndRead() {
  weir_->Signal(SIGTERM);
  EXPECT_EQ(weir_->WaitExit(std::chrono::seconds(60)), 0) << weir_->output();
  Rows sums;
  const auto reader = ledger::Reader::Open(weir_->data_dir());
  EXPECT_TRUE(reader) << reader.error().message;
  ledger::DecisionFilter filter;
  filter.limit = 500;
  for (;;) {
    const auto page = (*reader)->List(filter);
    EXPECT_TRUE(page) << page.error().message;
    for (const ledger::Record& row : *page) {
      int64_t attempts = 0;
      for (const ledger::Attempt& attempt : row.attempts) attempts += attempt.cost.nano;
      EXPECT_EQ(attempts, row.cost.nano) << row.id.ToString();
      sums.cost += row.cost.nano;
      sums.strong += row.strong_cost.nano;
      sums.cache_saved += row.cache_saved.nano;
      sums.attempts += static_cast<int64_t>(row.attempts.size());
      ++sums.rows;
      sums.lost += row.kind == ledger::kLost ? 1 : 0;
    }
    if (page->size() < 500) return sums;
    filter.after = page->back().id.ToString();
  }
}

}  // namespace weir::e2e
