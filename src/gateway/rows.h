// A worker's finished rows. Those of one turn of its loop go to the journal in one write; no answer
// leaves before its row is there, so that what a client was given is known after kill -9.
#pragma once

#include "ledger/batch.h"
#include "ledger/ledger.h"
#include "net/worker.h"

namespace weir::gateway {

class Rows {
 public:
  Rows(net::Worker& worker, ledger::Ledger& ledger) : worker_(worker), ledger_(ledger) {}
  ~Rows() { Write(); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  void Add(const ledger::Record& record);
  void Add(const ledger::Record& record, const ledger::Bodies& bodies);
  // Waits until all that was added before is in the journal.
  net::Task<void> Written() { return net::NextTurn(worker_); }

 private:
  void Write();

  net::Worker& worker_;
  ledger::Ledger& ledger_;
  ledger::Batch batch_;
};

}  // namespace weir::gateway
