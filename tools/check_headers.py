#!/usr/bin/env python3
"""Compiles every header of src/ and testing/ alone, so that none leans on what its user happened to include.

Flags come from the compile_commands.json of a configured build (`--build DIR`; default: the first of build/*), without
the precompiled header. Results are kept in build/ by the hash of all that went in: a rerun compiles what has changed.
`--self-test` tests the parts that need no compiler."""
import argparse
import concurrent.futures
import glob
import hashlib
import json
import os
import shlex
import subprocess
import sys

import cxx_source as cxx

COMPILER = os.environ.get('CXX', 'g++')
CACHE = 'build/.header_check.json'
PARALLEL = 2
REMEMBERED = 2000  # results kept of other builds and former contents
KEPT = ('-I', '-D', '-isystem', '-std=')


def keep_flags(words):
    """Include paths, definitions and the standard of one compile command."""
    kept, words = [], list(words)
    while words:
        word = words.pop(0)
        if word in ('-I', '-D', '-isystem') and words:
            kept += [word, words.pop(0)]
        elif word.startswith(KEPT):
            kept.append(word)
    return kept


def folder_flags(commands):
    """{folder: flags} from the entries of a compile_commands.json; '' holds those of any source."""
    flags = {}
    for entry in commands:
        source = os.path.relpath(entry['file'], cxx.ROOT)
        words = keep_flags(entry.get('arguments') or shlex.split(entry['command']))
        parts = source.split('/')
        if source.endswith('_test.cc') or parts[0] not in ('src', 'testing'):
            continue
        flags.setdefault('/'.join(parts[:2]) if parts[0] == 'src' else 'testing', words)
        flags.setdefault('', words)
    return flags


def find_commands(build):
    places = [build] if build else ['build/release', 'build/dev', *sorted(glob.glob(os.path.join(cxx.ROOT, 'build/*')))]
    for place in places:
        path = os.path.join(cxx.ROOT, place, 'compile_commands.json')
        if os.path.exists(path):
            with open(path, encoding='utf-8') as file:
                return json.load(file)
    raise SystemExit('check_headers: no compile_commands.json: configure a preset first (cmake --preset dev)')


class Digests:
    """Hashes of a header with everything of this repository that it includes."""

    def __init__(self):
        self.closures = {}
        self.texts = {}

    def text(self, path):
        if path not in self.texts:
            self.texts[path] = cxx.read(path)
        return self.texts[path]

    def closure(self, path):
        seen, waiting = set(), [path]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            for _, target, quoted in cxx.includes(self.text(here)):
                inside = [p for p in ('src/' + target, target) if os.path.exists(os.path.join(cxx.ROOT, p))]
                waiting += inside[:1] if quoted else []
        return sorted(seen)

    def of(self, path, flags):
        digest = hashlib.sha256(' '.join(flags).encode())
        for part in self.closure(path):
            digest.update(f'\0{part}\0{self.text(part)}'.encode())
        return digest.hexdigest()


def compile_alone(path, flags):
    """The compiler's complaint, empty when the header stands alone."""
    command = [COMPILER, '-fsyntax-only', '-x', 'c++', '-fcoroutines', *flags, '-']
    if '++' in COMPILER and 'clang' in COMPILER:
        command.remove('-fcoroutines')
    name = path[4:] if path.startswith('src/') else path
    done = subprocess.run(command, input=f'#include "{name}"\n', capture_output=True, text=True, cwd=cxx.ROOT,
                          check=False)
    lines = [line for line in done.stderr.split('\n') if 'error' in line] or done.stderr.split('\n')
    return '' if done.returncode == 0 else lines[0][:300]


def load_cache():
    try:
        with open(os.path.join(cxx.ROOT, CACHE), encoding='utf-8') as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def store_cache(cache):
    os.makedirs(os.path.join(cxx.ROOT, 'build'), exist_ok=True)
    aside = os.path.join(cxx.ROOT, CACHE + f'.{os.getpid()}')
    with open(aside, 'w', encoding='utf-8') as file:
        json.dump(cache, file, indent=0)
    os.replace(aside, os.path.join(cxx.ROOT, CACHE))


def self_test():
    words = ['g++', '-Isrc', '-DX=1', '-isystem', '/usr/y', '-O2', '-include', 'pch.hxx', '-Winvalid-pch', '-std=c++20',
             '-o', 'a.o', '-c', 'a.cc']
    assert keep_flags(words) == ['-Isrc', '-DX=1', '-isystem', '/usr/y', '-std=c++20']
    entry = {'file': os.path.join(cxx.ROOT, 'src/net/a.cc'), 'arguments': words}
    assert set(folder_flags([entry])) == {'src/net', ''}
    assert folder_flags([{**entry, 'file': os.path.join(cxx.ROOT, 'src/net/a_test.cc')}]) == {}
    digests = Digests()
    digests.texts = {'src/base/result.h': '#include "base/error.h"\n', 'src/base/error.h': 'enum {};\n'}
    before = digests.of('src/base/result.h', ['-Isrc'])
    assert digests.closure('src/base/result.h') == ['src/base/error.h', 'src/base/result.h']
    digests.texts['src/base/error.h'] += '\n'
    assert digests.of('src/base/result.h', ['-Isrc']) != before
    assert digests.of('src/base/error.h', ['-Isrc']) != digests.of('src/base/error.h', ['-Isrc', '-DX'])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build')
    parser.add_argument('--self-test', action='store_true')
    asked = parser.parse_args()
    self_test()
    if asked.self_test:
        return 0
    flags_of = folder_flags(find_commands(asked.build))
    version = subprocess.run([COMPILER, '--version'], capture_output=True, text=True, check=True).stdout
    digests, old, new, waiting = Digests(), load_cache(), {}, []
    for path in cxx.files(['src', 'testing'], ('.h',)):
        parts = path.split('/')
        folder = '/'.join(parts[:2]) if parts[0] == 'src' else parts[0]
        flags = flags_of.get(folder, flags_of.get('', []))
        key = digests.of(path, [version, *flags])
        if key in old:
            new[key] = old[key]
        else:
            waiting.append((key, path, flags))
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        results = pool.map(lambda job: compile_alone(job[1], job[2]), waiting)
        for (key, path, _), complaint in zip(waiting, results):
            new[key] = f'{path}:1: does not compile alone: {complaint}' if complaint else ''
    kept = load_cache()  # again: another run may have ended meanwhile
    former = [key for key in kept if key not in new][-REMEMBERED:]
    store_cache({**{key: kept[key] for key in former}, **new})
    findings = sorted(complaint for complaint in new.values() if complaint)
    print('\n'.join(findings + [f'check_headers: {len(findings)} findings, {len(waiting)} of {len(new)} compiled']))
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
