"""C++ text without comments and literals, and where its functions are: what the checkers share.

Not a parser: good for code that clang-format has laid out. `python3 tools/cxx_source.py` tests itself.
"""
import os
import re
import sys
from collections import namedtuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|\bu?8?[LuU]?R"(?P<delimiter>[^()\\\s]*)\((?:.*?)\)(?P=delimiter)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)


def files(folders, suffixes=('.h', '.cc')):
    """Paths relative to the root, sorted."""
    found = []
    for folder in folders:
        for base, _, names in os.walk(os.path.join(ROOT, folder)):
            found += [os.path.relpath(os.path.join(base, n), ROOT) for n in names if n.endswith(suffixes)]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8', errors='replace') as file:
        return file.read()


def blank(text):
    """`text` with comments and literals blanked; same length, same lines. Quotes stay."""
    def wipe(match):
        whole = match.group(0)
        inner = re.sub(r'[^\n]', ' ', whole)
        return inner if whole.startswith('/') else '"' + inner[1:-1] + '"'
    return _TOKEN.sub(wipe, text)


def without_directives(blanked):
    """Preprocessor lines, with their continuations, blanked too."""
    return re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', lambda m: re.sub(r'[^\n]', ' ', m.group(0)), blanked,
                  flags=re.MULTILINE)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def includes(text):
    """(line, path, quoted) of each #include."""
    for number, line in enumerate(text.split('\n'), 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if match:
            yield number, match.group(2), match.group(1) == '"'


Block = namedtuple('Block', 'kind name begin open end scope')
Statement = namedtuple('Statement', 'text begin scope')

_TYPE = re.compile(r'\b(?:class|struct|union|enum)\b')
_CONTROL = re.compile(r'^(?:if|for|while|switch|do|else|try|catch|return|case|default)\b')
_AFTER_PARENS = re.compile(
    r'\)\s*(?:const|volatile|noexcept(?:\s*\([^()]*\))?|override|final|&&?|\s)*(?:->\s*[\w:<>,*&\s\[\]]+)?$')


def _kind(header, scope):
    """What the brace after `header` opens, in a scope of kind `scope`."""
    text = header.strip()
    if scope in ('function', 'initialiser'):
        return 'inner'
    if re.match(r'(?:inline\s+)?namespace\b', text) or text in ('extern "C"', 'extern " "'):
        return 'namespace'
    bare = re.sub(r'^template\s*<.*?>\s*(?=\w)', '', text, flags=re.DOTALL)
    constructor = re.search(r'\)\s*(?:noexcept\s*)?:(?!:)', text)
    if constructor and re.search(r'[\w>]$', text) and not _AFTER_PARENS.search(text):
        return 'initialiser'
    if _AFTER_PARENS.search(text) or (constructor and text.endswith(('}', ')'))):
        return 'function' if '=' not in bare.split('(')[0].replace('operator', '') or 'operator' in bare \
            else 'initialiser'
    if _TYPE.search(bare) and '=' not in bare and '(' not in bare:
        return 'type'
    return 'initialiser'


def _function_name(header):
    text = re.sub(r'\)\s*(?:noexcept\s*)?:(?!:).*$', ')', header.strip(), flags=re.DOTALL)
    test = re.search(r'\b(?:TEST|TEST_F|TEST_P|TYPED_TEST|BENCHMARK_DEFINE_F)\s*\(\s*(\w+)\s*,\s*(\w+)', text)
    if test:
        return test.group(1) + '.' + test.group(2)
    match = re.search(r'([~\w:]+(?:<[^<>()]*>)?(?:::[~\w]+)*|operator\s*[^\s(]+)\s*\(', text)
    return match.group(1).strip() if match else '?'


def outline(blanked):
    """The blocks outside functions (with each function whole) and the statements between them."""
    text = without_directives(blanked)
    blocks, statements, stack = [], [], []
    start = parens = 0
    for offset, char in enumerate(text):
        scope = stack[-1][0] if stack else 'namespace'
        if char in '([':
            parens += 1
        elif char in ')]':
            parens -= 1
        elif char == '{':
            kind = _kind(text[start:offset], scope) if parens == 0 or scope == 'inner' else 'inner'
            stack.append((kind, start, offset, scope, parens))
            if kind not in ('inner', 'initialiser'):
                start, parens = offset + 1, 0
        elif char == '}' and stack:
            kind, begin, opened, outer, parens = stack.pop()
            if kind == 'function':
                lead = begin + len(text[begin:opened]) - len(text[begin:opened].lstrip())
                blocks.append(Block(kind, _function_name(text[begin:opened]), lead, opened, offset, outer))
            if kind in ('function', 'namespace', 'type'):
                start = offset + 1 if kind != 'type' else begin
        elif char == ';' and parens == 0 and scope in ('namespace', 'type'):
            statement = text[start:offset]
            lead = start + len(statement) - len(statement.lstrip())
            statements.append(Statement(statement.strip(), lead, scope))
            start = offset + 1
        elif char == ':' and scope == 'type' and re.fullmatch(r'\s*(?:public|private|protected)\s*',
                                                               text[start:offset]):
            start = offset + 1
    return blocks, statements


def matching_brace(text, opened):
    depth = 0
    for offset in range(opened, len(text)):
        depth += {'{': 1, '}': -1}.get(text[offset], 0)
        if depth == 0:
            return offset
    return len(text)


def self_test():
    sample = '''#include "base/x.h"
namespace weir {
namespace {
constexpr std::array<int, 2> kPair = {1, 2};  // { not code
std::string_view kText = R"x({ "un"closed )x";
int counter{0};
}  // namespace
class Thing : public Base {
 public:
  Thing(int a) : a_{a}, b_(a) {
    Use('{', "}");
  }
  int a() const { return a_; }
 private:
  int a_ = 1'000;
};
template <class T>
Result<void> Thing::Do(T t) noexcept {
  auto f = [&](int x) { return x; };
  if (t) {
    f(1);
  }
}
TEST_F(ThingTest, Works) {
  EXPECT_TRUE(true);
}
bool operator==(const A& a, const B& b) { return true; }
}  // namespace weir
'''
    blanked = blank(sample)
    assert len(blanked) == len(sample) and blanked.count('\n') == sample.count('\n')
    assert 'un' + 'closed' not in blanked and '{ not code' not in blanked
    blocks, statements = outline(blanked)
    names = [(b.name, line_of(sample, b.begin), line_of(sample, b.end)) for b in blocks]
    assert names == [('Thing', 10, 12), ('a', 13, 13), ('Thing::Do', 17, 23), ('ThingTest.Works', 24, 26),
                     ('operator==', 27, 27)], names
    texts = [s.text.split(' ')[0] for s in statements if s.scope == 'namespace']
    assert texts == ['constexpr', 'std::string_view', 'int', 'class'], texts
    assert list(includes(sample)) == [(1, 'base/x.h', True)]


if __name__ == '__main__':
    self_test()
    print('cxx_source: self-test passed')
    sys.exit(0)
