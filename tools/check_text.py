#!/usr/bin/env python3
"""Fails on tabs, trailing blanks, a missing last newline, promises for later, paths of one machine and hosts of package
registries, in every text file of the repository. `--self-test` tests the rules themselves."""
import os
import re
import subprocess
import sys

import cxx_source as cxx

SELF = 'tools/check_text.py'
DATA = re.compile(r'^fuzz/corpus/|\.(?:jsonl|bin|png|ico|gz|db|sse|raw|weights)$')  # bytes that are kept as they are

LAYOUT = [
    (re.compile(r'\t'), 'a tab'),
    (re.compile(r'[ \r]+$'), 'trailing blanks'),
    (re.compile(r'\b(?:TODO|FIXME|XXX)\b'), 'a promise for later: do it, or write an issue'),
]
PLACES = [
    (re.compile(r'(?<![\w.~*-])/(?:work|root|home)/[\w.]'), 'a path of one machine'),
    (re.compile(r'\b(?:registry\.[\w.-]+|(?:files\.)?pythonhosted\.org|pypi\.org|deb\.debian\.org|crates\.io|'
                r'proxy\.golang\.org|[\w.-]*(?:artifactory|nexus)[\w-]*\.[a-z]{2,}[\w.-]*)(?=[/:"\'\s]|$)'),
     'a host of a package registry'),
]


def repository_files():
    """What git tracks or would track."""
    listed = subprocess.run(['git', '-C', cxx.ROOT, 'ls-files', '-z', '-co', '--exclude-standard'],
                            capture_output=True, check=True).stdout
    return sorted(path for path in listed.decode().split('\0')
                  if path and os.path.isfile(os.path.join(cxx.ROOT, path)))


def check_text(path, text):
    data = bool(DATA.search(path))
    rules = PLACES if data else LAYOUT + PLACES
    found = [(number, what) for number, line in enumerate(text.split('\n'), 1)
             for pattern, what in rules if pattern.search(line)]
    if text and not text.endswith('\n') and not data:
        found.append((text.count('\n') + 1, 'no newline at the end'))
    return found


def check_file(path):
    if path == SELF:
        return []
    with open(os.path.join(cxx.ROOT, path), 'rb') as file:
        raw = file.read()
    try:
        return check_text(path, raw.decode('utf-8'))
    except UnicodeDecodeError:
        return check_text(path, raw.decode('latin-1')) if DATA.search(path) else [(1, 'not UTF-8')]


def self_test():
    bad = {'\tx\n': 'a tab', 'x \n': 'trailing blanks', 'x\r\n': 'trailing blanks', 'x': 'no newline at the end',
           '// TODO: x\n': 'a promise for later: do it, or write an issue', 'cd /work/main\n': 'a path of one machine',
           '"/home/me/x"\n': 'a path of one machine', 'https://registry.npmjs.org/x\n': 'a host of a package registry',
           'nexus.example.com/repo\n': 'a host of a package registry'}
    for text, want in bad.items():
        assert [what for _, what in check_text('a.md', text)] == [want], (text, check_text('a.md', text))
    for text in ['', 'mkdtemp("XXXXXX")\n', 'docs/home/x\n', 'metric registry. It\n', 'https://api.openai.com/v1\n']:
        assert check_text('a.md', text) == [], text
    assert check_text('fuzz/corpus/a', '\t \r\n/home/me') == [(2, 'a path of one machine')]


def main():
    self_test()
    if '--self-test' in sys.argv:
        return 0
    findings = [f'{path}:{line}: {what}' for path in repository_files() for line, what in check_file(path)]
    print('\n'.join(findings + [f'check_text: {len(findings)} findings']))
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
