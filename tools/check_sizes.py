#!/usr/bin/env python3
"""Warns of files over 300 lines and functions over 40, fails at 500 and 60. Exceptions stand by name and reason in
tools/size_exceptions.txt. `--self-test` tests the counting; `--warnings` shows the warnings too."""
import os
import re
import sys

import cxx_source as cxx

FILE_WARN, FILE_FAIL = 300, 500
FUNCTION_WARN, FUNCTION_FAIL = 40, 60
EXCEPTIONS = 'tools/size_exceptions.txt'


def measure(path, text):
    """(name, line, lines, warn, fail) of the file and each of its functions."""
    yield path, 1, text.count('\n'), FILE_WARN, FILE_FAIL
    blocks, _ = cxx.outline(cxx.blank(text))
    for block in blocks:
        first, last = cxx.line_of(text, block.begin), cxx.line_of(text, block.end)
        yield f'{path}:{block.name}', first, last - first + 1, FUNCTION_WARN, FUNCTION_FAIL


def parse_exceptions(text):
    """{name: most lines}; a line is `path[:function] lines reason`."""
    exceptions = {}
    for number, line in enumerate(text.split('\n'), 1):
        if not line.strip() or line.startswith('#'):
            continue
        match = re.fullmatch(r'(\S+)\s+(\d+)\s+(\S.*\S)', line.strip())
        if not match:
            raise SystemExit(f'{EXCEPTIONS}:{number}: want `path[:function] lines reason`')
        exceptions[match.group(1)] = int(match.group(2))
    return exceptions


def judge(measured, exceptions):
    """(failures, warnings, the exceptions that were needed)."""
    failures, warnings, needed = [], [], set()
    for name, line, lines, warn, fail in measured:
        path = name.split(':')[0]
        what = f'{name.partition(":")[2]}() has' if ':' in name else 'the file has'
        if lines > fail and lines <= exceptions.get(name, 0):
            needed.add(name)
        elif lines > fail:
            failures.append(f'{path}:{line}: {what} {lines} lines, more than {exceptions.get(name, fail)}')
        elif lines > warn:
            warnings.append(f'{path}:{line}: warning: {what} {lines} lines, more than {warn}')
    return failures, warnings, needed


def self_test():
    body = ''.join(f'  Do({i});\n' for i in range(61))
    text = 'void Long() {\n' + body + '}\n\nvoid Short() {\n  Do(1);\n}\n'
    sizes = {name: lines for name, _, lines, _, _ in measure('a.cc', text)}
    assert sizes == {'a.cc': 67, 'a.cc:Long': 63, 'a.cc:Short': 3}, sizes
    failures, warnings, _ = judge(measure('a.cc', text), {})
    assert len(failures) == 1 and 'Long() has 63' in failures[0] and not warnings
    failures, _, needed = judge(measure('a.cc', text), {'a.cc:Long': 63})
    assert not failures and needed == {'a.cc:Long'}
    assert judge(measure('a.cc', text), {'a.cc:Long': 62})[0]
    assert len(judge(measure('a.cc', '\n' * 501), {})[0]) == 1
    assert len(judge(measure('a.cc', '\n' * 301), {})[1]) == 1
    assert parse_exceptions('# why\n\nsrc/a.cc:F 70 one table\n') == {'src/a.cc:F': 70}


def main():
    self_test()
    if '--self-test' in sys.argv:
        return 0
    exceptions = parse_exceptions(cxx.read(EXCEPTIONS)) if os.path.exists(
        os.path.join(cxx.ROOT, EXCEPTIONS)) else {}
    failures, warnings, needed = [], [], set()
    for path in cxx.files(['src', 'testing', 'test', 'bench', 'fuzz']):
        some = judge(measure(path, cxx.read(path)), exceptions)
        failures += some[0]
        warnings += some[1]
        needed |= some[2]
    failures += [f'{EXCEPTIONS}:1: {name} needs no exception' for name in sorted(set(exceptions) - needed)]
    if '--warnings' in sys.argv:
        print('\n'.join(warnings))
    print('\n'.join(failures + [f'check_sizes: {len(failures)} findings, {len(warnings)} warnings']))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
