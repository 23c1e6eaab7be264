#!/usr/bin/env python3
"""Fails on an include against the arrow of DESIGN, on Asio or Beast outside tests, on mutable statics, on
coroutine lambdas with captures, and on `using namespace` in headers. `--self-test` tests the rules themselves."""
import re
import sys

import cxx_source as cxx

LEVELS = [['base'], ['json', 'http'], ['chat', 'config', 'catalog', 'net'],
          ['provider', 'route', 'cache', 'limits', 'ledger', 'quality'], ['gateway', 'admin', 'learn'], ['app']]
LEVEL = {folder: level for level, folders in enumerate(LEVELS) for folder in folders}
SIDEWAYS = {('catalog', 'config'): None}  # None: every header
BLIND = {'provider': 'net', 'route': 'net'}  # pure folders never see a socket

# Mutable state that lives outside every object: file -> why it may.
STATICS = {
    'src/base/log.cc': "the process's one log",
    'src/base/secret.cc': 'the scrubber must know every secret wherever a line is written',
    'src/base/ids.cc': "each thread's random state",
    'src/base/shelves.h': "each thread's spare small blocks",
}


def folder_of(path):
    parts = path.split('/')
    return parts[1] if parts[0] == 'src' and len(parts) > 2 else None


def is_test(path):
    return path.endswith(('_test.cc', '_test.h', '_oracle.h')) or not path.startswith('src/')


def check_include(path, target):
    """Why `path` may not include the quoted `target`, or None."""
    own, other = folder_of(path), target.split('/')[0]
    if own is None:
        return None
    if other in ('testing', 'test'):
        return None if is_test(path) else 'the product does not include test code'
    if other not in LEVEL or own == other:
        return None
    if own not in LEVEL:
        return f'folder {own} has no level: add it to LEVELS'
    if BLIND.get(own) == other:
        return f'{own} is pure and never sees {other}'
    if LEVEL[other] < LEVEL[own]:
        return None
    if (own, other) in SIDEWAYS and SIDEWAYS[own, other] in (None, target):
        return None
    return f'{"sideways" if LEVEL[other] == LEVEL[own] else "upward"} include: {own} -> {other}'


def check_library(path, target):
    """Boost's I/O serves tests only, as an oracle: seconds of compiling each, and slower than our own (docs/adr)."""
    for library in ('asio', 'beast'):
        if target.startswith(f'boost/{library}') and not is_test(path):
            return f'boost/{library} outside tests'
    return None


_STATIC = re.compile(r'\b(?:static|thread_local)\b(?!_)([^;{=(]*)([;{=(])')
_NO_VARIABLE = re.compile(
    r'^(?:(?:__extension__ )?using|typedef|namespace|class|struct|enum|union|template|friend|static_assert|extern "|public|private|'
    r'protected|WEIR_|TEST|INSTANTIATE_|BENCHMARK|DEFINE_|asm)\b|^BENCHMARK|^INSTANTIATE_|^TEST')


def is_mutable(declaration):
    """Whether a variable declared by this text (up to its name) may change after its initialisation."""
    if re.search(r'\bconst(?:expr|eval)\b', declaration):
        return False
    if '*' in declaration:
        return not re.search(r'\*\s*const\b', declaration)
    return not re.search(r'\bconst\b', declaration)


def mutable_statics(blanked):
    """(offset, what) of function statics, static members and namespace variables that are not constant."""
    blocks, statements = cxx.outline(blanked)
    for block in blocks:
        for match in _STATIC.finditer(blanked, block.open, block.end):
            if is_mutable(match.group(0)):
                yield match.start(), f'mutable static in {block.name}()'
    for statement in statements:
        text = re.sub(r'\[\[.*?\]\]', '', statement.text).strip()
        head = re.split(r'[={]', text)[0]
        if statement.scope == 'type' and not re.match(r'(?:inline\s+)?(?:static|thread_local)\b', text):
            continue
        if not text or _NO_VARIABLE.match(text) or '(' in head or 'operator' in head or len(re.findall(r'[\w:>\])]+', head)) < 2:
            continue
        if is_mutable(head):
            yield statement.begin, f'mutable variable `{" ".join(head.split())[:60]}`'


_LAMBDA = re.compile(r'(?<![\w\])>])\[(?!\[)[^\[\]\n]+\]\s*(?:<[^<>]*>\s*)?(?:\([^{};]*?\))?[^{};()\[\]]*\{')


def capturing_coroutines(blanked):
    for match in _LAMBDA.finditer(blanked):
        opened = match.end() - 1
        body = blanked[opened:cxx.matching_brace(blanked, opened)]
        if re.search(r'\bco_(?:await|return|yield)\b', body):
            yield match.start()


def check_text(path, text):
    """All findings of one file, as (line, message)."""
    found = []
    for line, target, quoted in cxx.includes(text):
        why = check_library(path, target) or (check_include(path, target) if quoted else None)
        if why:
            found.append((line, f'{why} ("{target}")'))
    blanked = cxx.without_directives(cxx.blank(text))
    if path.startswith('src/') and not is_test(path) and path not in STATICS:
        found += [(cxx.line_of(text, at), what) for at, what in mutable_statics(blanked)]
    found += [(cxx.line_of(text, at), 'a coroutine lambda with captures: they die before it ends')
              for at in capturing_coroutines(blanked)]
    if path.endswith('.h'):
        found += [(cxx.line_of(text, m.start()), '`using namespace` in a header')
                  for m in re.finditer(r'\busing\s+namespace\b', blanked)]
    return found


def check_cmake(path, text):
    """DEPS of weir_library() obey the same arrow as the includes."""
    found = []
    for match in re.finditer(r'weir_library\(\s*(\w+)[^)]*?\bDEPS\s+([^)]*)\)', text):
        own = match.group(1)
        for other in re.split(r'\b(?:LIBS|TEST_DEPS)\b', match.group(2))[0].split():
            allowed = LEVEL.get(other, 99) < LEVEL.get(own, -1) or (own, other) in SIDEWAYS
            if not allowed or BLIND.get(own) == other:
                found.append((cxx.line_of(text, match.start()), f'DEPS of {own} name {other}'))
    return found


def self_test():
    def messages(path, text):
        return [message.split(' (')[0] for _, message in check_text(path, text)]
    clean = ('#include "base/x.h"\nnamespace weir {\nconstexpr int kA = 1;\nextern const Row kRow;\n'
             'const char* const kName = "x";\nint Go(int a);\nstd::string Go(int a) {\n'
             '  static const std::string none;\n  auto f = [&] { return [](int x) { return x; }; };\n'
             '  return none;\n}\nstruct S {\n  static int Count();\n  static constexpr int kN = 3;\n  int n = 0;\n};\n}\n')
    assert messages('src/net/a.h', clean) == [], messages('src/net/a.h', clean)
    bad = [('src/json/a.cc', '#include "http/head.h"\n', 'sideways include: json -> http'),
           ('src/base/a.cc', '#include "net/task.h"\n', 'upward include: base -> net'),
           ('src/route/a.cc', '#include "net/task.h"\n', 'route is pure and never sees net'),
           ('src/quality/a.cc', '#include "gateway/chain.h"\n', 'upward include: quality -> gateway'),
           ('src/net/a.cc', '#include "testing/gate.h"\n', 'the product does not include test code'),
           ('src/gateway/a.cc', '#include <boost/asio/ip/tcp.hpp>\n', 'boost/asio outside tests'),
           ('src/http/a.h', '#include <boost/beast/http.hpp>\n', 'boost/beast outside tests'),
           ('src/net/a.cc', 'int F() {\n  static int calls = 0;\n  return ++calls;\n}\n', 'mutable static in F()'),
           ('src/net/a.cc', 'namespace {\nstd::atomic<int> count{0};\n}\n',
            'mutable variable `std::atomic<int> count`'),
           ('src/net/a.cc', 'namespace a {\nconst char* kName = "x";\n}\n', 'mutable variable `const char* kName`'),
           ('src/net/a.cc', 'struct S {\n  static int count;\n};\n', 'mutable variable `static int count`'),
           ('src/net/a.cc', 'void F() {\n  auto t = [this]() -> Task<void> { co_await x; };\n}\n',
            'a coroutine lambda with captures: they die before it ends'),
           ('src/net/a.h', 'using namespace std;\n', '`using namespace` in a header')]
    for path, text, want in bad:
        assert want in messages(path, text), (path, text, messages(path, text))
    assert messages('src/catalog/a.cc', '#include "config/x.h"\n') == []
    assert check_cmake('x', 'weir_library(json DEPS base http LIBS y)') == [(1, 'DEPS of json name http')]
    assert check_cmake('x', 'weir_library(catalog DEPS base config TEST_DEPS weir_testing)') == []


def main():
    self_test()
    if '--self-test' in sys.argv:
        return 0
    findings = []
    texts = {path: cxx.read(path) for path in cxx.files(['src', 'testing', 'test', 'bench', 'fuzz'])}
    for path, text in texts.items():
        findings += [f'{path}:{line}: {message}' for line, message in check_text(path, text)]
    for path in cxx.files(['src'], ('CMakeLists.txt',)):
        findings += [f'{path}:{line}: {message}' for line, message in check_cmake(path, cxx.read(path))]
    for path in STATICS:
        if not any(mutable_statics(cxx.without_directives(cxx.blank(cxx.read(path))))):
            findings.append(f'tools/check_layers.py: {path} needs no exception any more')
    print('\n'.join(findings + [f'check_layers: {len(findings)} findings']))
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
