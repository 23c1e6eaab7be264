#!/usr/bin/env python3
"""Sees that every header of src/ and testing/ stands alone, so that none leans on what its user happened to include.

A header that a source includes first has been compiled alone by the build, but for what the precompiled header gave it:
that is standard names, and they are looked up in the text of its includes. All others are compiled here, and with
`--all` every one, without the precompiled header, by the flags of a configured build's compile_commands.json
(`--build DIR`; default: the first of build/*). Results are kept in build/ by the hash of all that went in: a rerun
compiles what has changed. `--self-test` tests the parts that need no compiler."""
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
import std_names

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


def built_first(commands):
    """The headers that a source of the build includes before anything else."""
    first = set()
    for entry in commands:
        source = os.path.relpath(entry['file'], cxx.ROOT)
        if source.split('/')[0] in ('src', 'testing', 'test') and os.path.exists(os.path.join(cxx.ROOT, source)):
            _, target, quoted = next(cxx.includes(cxx.read(source)), (0, '', False))
            first |= {'src/' + target, target} if quoted else set()
    return first


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

    def outside(self, path):
        """The headers of no one here that `path` includes, with those that its own includes include."""
        return {target for part in self.closure(path) for _, target, quoted in cxx.includes(self.text(part))
                if not quoted}

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
    digests.texts['src/base/error.h'] += '#include <string>\n'
    assert digests.outside('src/base/result.h') == {'string'}
    std_names.self_test()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build')
    parser.add_argument('--all', action='store_true')
    parser.add_argument('--self-test', action='store_true')
    asked = parser.parse_args()
    self_test()
    if asked.self_test:
        return 0
    commands = find_commands(asked.build)
    flags_of, built, by_build = folder_flags(commands), set() if asked.all else built_first(commands), 0
    version = subprocess.run([COMPILER, '--version'], capture_output=True, text=True, check=True).stdout
    digests, old, new, waiting = Digests(), load_cache(), {}, []
    for path in cxx.files(['src', 'testing'], ('.h',)):
        if path in built and not std_names.missing(digests.text(path), digests.outside(path)):
            by_build += 1
            continue
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
    said = f'check_headers: {len(findings)} findings, {by_build} by the build, {len(waiting)} of {len(new)} compiled'
    print('\n'.join(findings + [said]))
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
