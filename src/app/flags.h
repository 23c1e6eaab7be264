// What a command asks of its line. CLI11 stands behind it, in one .cc: it is all headers, whose
// code in every command was a thirtieth of the whole build.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace weir::app {

struct Command;

// Declares options of one command. Values that are named here outlive the parse.
class Flags {
 public:
  class Option {
   public:
    explicit Option(CLI::Option* option) : option_(option) {}
    const Option& Required() const;
    const Option& Split() const;  // a,b is two values
    const Option& OneOf(const std::vector<std::string>& values) const;
    const Option& Between(double low, double high) const;
    // What is wrong with a value, or empty.
    const Option& Check(const std::function<std::string(const std::string&)>& wrong) const;
    const Option& ShowDefault() const;

   private:
    CLI::Option* option_;
  };

  explicit Flags(CLI::App* app);

  // "--name VALUE", or the argument "name".
  Option Add(const std::string& name, std::string& value, const std::string& doc) const;
  Option Add(const std::string& name, std::vector<std::string>& values,
             const std::string& doc) const;
  Option Add(const std::string& name, std::optional<uint16_t>& value, const std::string& doc) const;
  Option Add(const std::string& name, double& value, const std::string& doc) const;
  Option Add(const std::string& name, int& value, const std::string& doc) const;
  void AddSwitch(const std::string& name, bool& value, const std::string& doc) const;

  // A word behind the command's, of which one must stand; its command's options may follow it.
  Flags Sub(const std::string& word, const std::string& doc, std::function<int()> run) const;
  // Runs the one that stands there.
  std::function<int()> Chosen() const;

 private:
  CLI::App* app_;
  std::shared_ptr<std::function<int()>> chosen_;
};

// Parses the line and runs its command; the exit code.
int RunCommandLine(std::span<const Command* const> commands, int argc, char** argv);

}  // namespace weir::app
