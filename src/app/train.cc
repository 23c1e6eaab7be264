#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "app/command.h"
#include "app/print.h"
#include "learn/trainer.h"

namespace weir::app {
namespace {

struct Options {
  std::vector<std::string> data, sources, open, open_sources;
  std::string out;
};

void Say(std::string_view what) {
  if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "weir train: {}\n", what);
}

void KeepSources(std::span<const std::string> sources, std::vector<learn::Example>* examples) {
  if (sources.empty()) return;
  std::erase_if(*examples, [&](const learn::Example& example) {
    return std::ranges::find(sources, example.source) == sources.end();
  });
}

Result<void> Write(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush();
  if (file) return {};
  return MakeError(Reason::kIo, fmt::format("{}: {}", path, std::strerror(errno)));
}

Result<std::string> Train(const Options& options) {
  WEIR_TRY(std::vector<learn::Example> examples, learn::ReadExamples(options.data));
  KeepSources(options.sources, &examples);
  WEIR_TRY(const std::vector<learn::TrainingRow> rows, learn::RowsOf(examples));
  WEIR_TRY(std::vector<learn::Example> unlabelled, learn::ReadExamples(options.open));
  KeepSources(options.open_sources, &unlabelled);
  WEIR_TRY(const std::vector<learn::OpenPrompt> open, learn::OpenPromptsOf(unlabelled));
  Say(fmt::format("{} rows, {} open prompts", rows.size(), open.size()));
  WEIR_TRY(const learn::Weights weights,
           learn::Train(rows, open, [](std::string_view part) { Say(part); }));
  const std::string bytes = weights.Save();
  WEIR_CHECK_OK(Write(options.out, bytes));
  return fmt::format("{}: {} bytes from {} rows\n", options.out, bytes.size(), rows.size());
}

std::function<int()> Declare(CLI::App& app, const std::string&) {
  auto options = std::make_shared<Options>();
  app.add_option("--data", options->data, "labelled prompts, JSON lines; may be given again")
      ->required();
  app.add_option("--sources", options->sources, "only rows of these sources")->delimiter(',');
  app.add_option("--open", options->open,
                 "prompts as people send them, labels not needed: scores are shares of these");
  app.add_option("--open-sources", options->open_sources, "only rows of these sources")
      ->delimiter(',');
  app.add_option("--out", options->out, "file for the weights")->required();
  return [options] {
    Result<std::string> said = Train(*options);
    if (!said) return Fail(said.error());
    Print(*said);
    return kDone;
  };
}

}  // namespace

const Command kTrain = {"train", "train the learned classifier", &Declare};

}  // namespace weir::app
