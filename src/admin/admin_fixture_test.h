// A running admin server over a fake ledger and fake functions, asked over real sockets.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/admin_server.h"
#include "admin/loopback_client_test.h"
#include "json/object.h"
#include "testing/fake_clock.h"

namespace weir::admin {

inline constexpr std::string_view kKey = "admin-key-for-tests";

// A ledger of fixed rows that remembers what it was asked.
struct FakeLedger {
  std::vector<ledger::Record> rows;
  std::map<RequestId, ledger::Bodies> bodies;
  ledger::DecisionFilter filter;
  WallMicros since = 0, until = 0;
  ledger::GroupBy by = ledger::GroupBy::kModel;
};

class FakeReader final : public ledger::Reader {
 public:
  explicit FakeReader(FakeLedger& ledger) : ledger_(ledger) {}
  Result<ledger::Report> Summarize(WallMicros since, WallMicros until,
                                   ledger::GroupBy by) override {
    ledger_.since = since;
    ledger_.until = until;
    ledger_.by = by;
    ledger::Report report;
    report.since = since;
    report.until = until;
    report.by = by;
    return report;
  }
  Result<ledger::ExperimentFigures> Experiment(const ledger::ExperimentQuery&) override {
    return ledger::ExperimentFigures();
  }
  Result<std::vector<ledger::Record>> List(const ledger::DecisionFilter& filter) override {
    ledger_.filter = filter;
    size_t count = std::min<size_t>(ledger_.rows.size(), filter.limit);
    return std::vector<ledger::Record>(ledger_.rows.begin(), ledger_.rows.begin() + count);
  }
  Result<std::optional<ledger::Record>> Find(const RequestId& id) override {
    for (const auto& row : ledger_.rows) {
      if (row.id == id) return std::optional(row);
    }
    return std::optional<ledger::Record>();
  }
  Result<std::optional<ledger::Bodies>> FindBodies(const RequestId& id) override {
    const auto found = ledger_.bodies.find(id);
    if (found == ledger_.bodies.end()) return std::optional<ledger::Bodies>();
    return std::optional(found->second);
  }

 private:
  FakeLedger& ledger_;
};

class AdminServerTest : public testing::Test {
 protected:
  AdminServerTest() {
    for (int i = 0; i < 3; ++i) {
      ledger_.rows.emplace_back();
      ledger_.rows.back().id = NewRequestId(clock_.Wall() + i);
      ledger_.rows.back().route = "auto";
    }
    api_.metrics = [] {
      return std::vector<MetricFamily>{{"weir_up", "Up.", "gauge", {{{}, 1, ""}}}};
    };
    api_.health = [] { return std::string(R"({"status":"ok","degraded":["redis"]})"); };
    api_.explain = [this](std::string_view body) -> Result<std::string> {
      explained_ = body;
      if (body == "{}") return MakeError(Reason::kBadRequest, "no prompt", "prompt");
      return std::string(R"({"tier":"simple"})");
    };
    api_.reload = [this]() -> Result<std::string> {
      ++reloads_;
      if (reloads_ > 1) return MakeError(Reason::kConfig, "weir.yaml:1:1: no");
      return std::string(R"({"changed":[]})");
    };
    api_.purge_cache = [this](std::string_view body) -> Result<std::string> {
      purged_ = body;
      return std::string(R"({"purged":3})");
    };
    api_.open_ledger = [this]() -> Result<std::unique_ptr<ledger::Reader>> {
      if (ledger_fault_) return *ledger_fault_;
      return std::unique_ptr<ledger::Reader>(std::make_unique<FakeReader>(ledger_));
    };
    Restart();
  }
  void Restart() {
    auto server = AdminServer::Open({{"127.0.0.1", 0}, Secret(std::string(kKey))}, api_, clock_);
    EXPECT_TRUE(server.has_value());
    server_ = std::move(*server);
    server_->Start();
  }

  Reply Get(std::string_view target, std::string_view extra = {}) {
    return AskOnce(server_->port(), fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n"
                                                "Authorization: Bearer {}\r\n{}\r\n",
                                                target, kKey, extra));
  }
  Reply Post(std::string_view target, std::string_view body,
             std::string_view type = "application/json") {
    return AskOnce(server_->port(),
                   fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\nx-api-key: {}\r\n"
                               "Content-Type: {}\r\nContent-Length: {}\r\n\r\n{}",
                               target, kKey, type, body.size(), body));
  }
  static std::string Code(const Reply& reply) {
    auto outer = json::Object::Parse(reply.body);
    if (!outer) return "not JSON: " + reply.body;
    auto inner = json::Object::Parse(outer->Raw("error"));
    return inner ? inner->RequiredString("code").value() : "no error: " + reply.body;
  }

  FakeClock clock_;
  FakeLedger ledger_;
  std::optional<Error> ledger_fault_;
  std::string explained_;
  std::string purged_;
  int reloads_ = 0;
  AdminApi api_;
  std::unique_ptr<AdminServer> server_;
};

}  // namespace weir::admin
