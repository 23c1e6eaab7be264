#include <fmt/format.h>
#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <unordered_set>

#include "base/strings.h"
#include "config/node.h"

namespace weir::config {
namespace {

// Thrown through yaml-cpp to end its parsing; never leaves LoadYaml().
struct Stop {
  Mark mark;
  std::string message;
};

Mark FromYaml(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
}

// Position of the first key that stands twice, or npos.
size_t FirstDuplicate(const std::vector<Name>& keys) {
  constexpr size_t kFew = 8;
  if (keys.size() <= kFew) {
    for (size_t i = 1; i < keys.size(); ++i) {
      auto same = [&](const Name& key) { return key.text == keys[i].text; };
      if (std::any_of(keys.begin(), keys.begin() + static_cast<ptrdiff_t>(i), same)) return i;
    }
    return std::string::npos;
  }
  std::unordered_set<std::string_view> seen;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!seen.insert(keys[i].text).second) return i;
  }
  return std::string::npos;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const Environment& env) : env_(env) {}

  Node TakeRoot() { return std::move(root_); }
  Mark last_quoted() const { return last_quoted_; }  // line 0: the last scalar had no quotes

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      throw Stop{FromYaml(mark), "a second document: one file holds one config"};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    RefuseAsKey(mark);
    Node node;
    node.mark =
        open_.empty() || open_.back().keys.empty() ? FromYaml(mark) : open_.back().keys.back().mark;
    Attach(std::move(node));
  }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    throw Stop{FromYaml(mark), fmt::format("anchors and aliases (&{}) are not supported", name)};
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Stop{FromYaml(mark), "anchors and aliases are not supported"};
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    RefuseTag(mark, tag);
    last_quoted_ = tag == "!" ? FromYaml(mark) : Mark{};
    if (ExpectsKey()) {
      open_.back().keys.push_back({value, FromYaml(mark)});
      return;
    }
    Node node;
    node.kind = Node::Kind::kScalar;
    node.quoted = tag == "!";
    node.mark = FromYaml(mark);
    SetText(&node, value);
    Attach(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Open(Node::Kind::kSequence, mark, tag);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Open(Node::Kind::kMap, mark, tag);
  }
  void OnMapEnd() override {
    const std::vector<Name>& keys = open_.back().keys;
    size_t twice = FirstDuplicate(keys);
    if (twice != std::string::npos) {
      auto first = std::find_if(keys.begin(), keys.end(),
                                [&](const Name& key) { return key.text == keys[twice].text; });
      throw Stop{keys[twice].mark, fmt::format("duplicate key `{}`: it already stands in line {}",
                                               keys[twice].text, first->mark.line)};
    }
    Close();
  }

 private:
  bool ExpectsKey() const {
    return !open_.empty() && open_.back().kind == Node::Kind::kMap &&
           open_.back().keys.size() == open_.back().items.size();
  }
  void RefuseAsKey(const YAML::Mark& mark) const {
    if (ExpectsKey()) throw Stop{FromYaml(mark), "a key must be plain text"};
  }
  static void RefuseTag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw Stop{FromYaml(mark), fmt::format("tags ({}) are not supported", tag)};
  }

  void Open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag) {
    RefuseTag(mark, tag);
    RefuseAsKey(mark);
    if (open_.size() >= static_cast<size_t>(kMaxDepth)) {
      throw Stop{FromYaml(mark), fmt::format("nested deeper than {} levels", kMaxDepth)};
    }
    Node node;
    node.kind = kind;
    node.mark = FromYaml(mark);
    open_.push_back(std::move(node));
  }
  void Close() {
    Node node = std::move(open_.back());
    open_.pop_back();
    Attach(std::move(node));
  }
  void Attach(Node node) {
    if (++nodes_ > kMaxNodes) throw Stop{node.mark, "more than 4,000,000 values"};
    (open_.empty() ? root_ : open_.back().items.emplace_back()) = std::move(node);
  }

  void SetText(Node* node, const std::string& value) {
    node->text = value;
    if (value.find("${") == std::string::npos) return;
    Result<std::string> expanded = ExpandVariables(value, env_);
    if (!expanded) throw Stop{node->mark, expanded.error().message};
    node->raw = value;
    node->expanded = true;
    node->text = *std::move(expanded);
    expanded_bytes_ += node->text.size();
    if (expanded_bytes_ > kMaxFileBytes) throw Stop{node->mark, "more than 32 MiB of variables"};
  }

  const Environment& env_;
  Node root_;
  std::vector<Node> open_;
  Mark last_quoted_;
  size_t nodes_ = 0;
  size_t expanded_bytes_ = 0;
  int documents_ = 0;
};

std::string_view LineAt(std::string_view text, int line) {
  for (; line > 0; --line) {
    size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

// Inside [] and {} an unquoted ${NAME} ends at its brace: say so instead of "end of sequence".
Stop SyntaxError(std::string_view text, const YAML::Exception& exception) {
  Mark mark = FromYaml(exception.mark);
  std::string_view line = LineAt(text, exception.mark.line);
  auto column = static_cast<size_t>(std::max(exception.mark.column, 0));
  if (column >= 1 && column < line.size() && line.substr(column - 1, 2) == "${") {
    return {{mark.line, mark.column - 1}, "`${…}` inside [] or {} wants quotes: write \"${NAME}\""};
  }
  if (exception.msg == YAML::ErrorMsg::UNKNOWN_ANCHOR) {
    return {mark, "anchors and aliases are not supported; text that begins with * wants quotes"};
  }
  return {mark, fmt::format("not valid YAML: {}", exception.msg)};
}

// yaml-cpp takes a quote that the file's end closes; a forgotten one would swallow all that
// follows.
bool IsClosed(std::string_view text, Mark mark) {
  std::string_view line = LineAt(text, mark.line - 1);
  if (static_cast<size_t>(mark.column) > line.size()) return true;
  std::string_view rest = text.substr(static_cast<size_t>(line.data() - text.data()) +
                                      static_cast<size_t>(mark.column) - 1);
  char quote = rest.front();
  if (quote != '"' && quote != '\'') return true;
  for (size_t i = 1; i < rest.size(); ++i) {
    if (quote == '"' && rest[i] == '\\') {
      ++i;
    } else if (rest[i] == quote) {
      return true;
    }
  }
  return false;
}

int FirstBadLine(std::string_view text) {
  int number = 1;
  for (std::string_view line : Split(text, '\n')) {
    if (!simdjson::validate_utf8(line)) return number;
    ++number;
  }
  return 0;
}

Result<void> CheckBytes(std::string_view text, std::string_view file) {
  if (text.size() > kMaxFileBytes) return ErrorAt(file, {}, "the file is larger than 32 MiB");
  if (!simdjson::validate_utf8(text)) {
    return ErrorAt(file, {FirstBadLine(text), 1}, "this line is not valid UTF-8");
  }
  size_t zero = text.find('\0');
  if (zero != std::string_view::npos) {
    auto line = std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(zero), '\n');
    return ErrorAt(file, {static_cast<int>(line) + 1, 1}, "this line holds a NUL byte");
  }
  auto flow = [](char c) { return c == '[' || c == '{' || c == ',' || c == ']' || c == '}'; };
  if (static_cast<size_t>(std::count_if(text.begin(), text.end(), flow)) > kMaxFlowMarks) {
    return ErrorAt(file, {}, "more than 2,000,000 brackets, braces and commas");
  }
  return {};
}

}  // namespace

const Name* Node::FindKey(std::string_view key) const {
  auto at = std::find_if(keys.begin(), keys.end(), [&](const Name& k) { return k.text == key; });
  return at == keys.end() ? nullptr : &*at;
}

const Node* Node::Find(std::string_view key) const {
  const Name* found = FindKey(key);
  return found == nullptr ? nullptr : &items[static_cast<size_t>(found - keys.data())];
}

Result<Node> LoadYaml(std::string_view text, std::string_view file, const Environment& env) {
  WEIR_CHECK_OK(CheckBytes(text, file));
  TreeBuilder builder(env);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop& stop) {
    return ErrorAt(file, stop.mark, stop.message);
  } catch (const YAML::Exception& exception) {
    Stop stop = SyntaxError(text, exception);
    return ErrorAt(file, stop.mark, stop.message);
  } catch (const std::exception& exception) {
    return ErrorAt(file, {}, fmt::format("not valid YAML: {}", exception.what()));
  }
  if (Mark quoted = builder.last_quoted(); quoted.line != 0 && !IsClosed(text, quoted)) {
    return ErrorAt(file, quoted, "the closing quote of this text is missing");
  }
  return builder.TakeRoot();
}

}  // namespace weir::config
