"""Which standard headers give which names, as far as the headers of this repository use them.

`missing(text, included)` says of a header's text what its includes do not give; a name that is not listed here is
unknown, and unknown is missing: the caller asks the compiler then. `python3 tools/std_names.py` tests itself."""
import re
import sys

import cxx_source as cxx

# By the standard, and what libstdc++'s own headers must include to declare their interface (a string has a view).
GIVEN = {
    'algorithm': 'min max find_if copy_n ranges',
    'array': 'array',
    'atomic': 'atomic memory_order_relaxed memory_order_acquire memory_order_release memory_order_acq_rel',
    'bit': 'endian countr_one',
    'chrono': 'chrono',
    'cmath': 'sqrt',
    'concepts': 'same_as integral convertible_to',
    'condition_variable': 'condition_variable mutex unique_lock lock_guard',
    'coroutine': 'coroutine_handle suspend_never suspend_always noop_coroutine',
    'cstring': 'memcpy',
    'deque': 'deque',
    'exception': 'terminate',
    'filesystem': 'filesystem',
    'fstream': 'ofstream ifstream ios streamsize',
    'functional': 'function less equal_to',
    'initializer_list': 'initializer_list',
    'limits': 'numeric_limits',
    'list': 'list',
    'map': 'map less pair move',
    'memory': 'unique_ptr shared_ptr make_unique make_shared move exchange',
    'mutex': 'mutex lock_guard unique_lock',
    'optional': 'optional nullopt move',
    'set': 'set less',
    'span': 'span',
    'string': 'string string_view to_string basic_string char_traits move',
    'string_view': 'string_view char_traits',
    'system_error': 'error_code system_error',
    'thread': 'thread this_thread',
    'tuple': 'tuple',
    'type_traits': 'remove_reference_t remove_const_t',
    'unordered_map': 'unordered_map pair equal_to',
    'unordered_set': 'unordered_set',
    'utility': 'move forward exchange swap pair',
    'variant': 'variant',
    'vector': 'vector move',
}
# What is named without std::, or not named at all: its pattern, and who gives it.
BARE = (
    (r'\bu?int(?:8|16|32|64)_t\b|\bu?intptr_t\b', 'cstdint'),
    (r'<=>', 'compare string string_view optional vector utility chrono'),
    (r'\bfmt::', 'fmt/format.h'),
    (r'\bco_(?:await|return|yield)\b', 'coroutine'),
    (r'\b(?:testing::|EXPECT_|ASSERT_|TEST(?:_F|_P)?\s*\()', 'gtest/gtest.h gmock/gmock.h'),
)
# The C library: its headers come with others by chance, so the compiler is asked.
UNKNOWN = (r'\b(?:mem(?:cpy|cmp|set|move|chr)|str(?:len|cmp|chr|rchr|error|tol)|errno|assert|getenv|abort|exit|FILE|f?printf|timespec|time_t|'
           r'pid_t|ssize_t|typeid|close|isatty)\s*\(|\bboost::|\berrno\b|\bFILE\b')


def _givers():
    givers = {}
    for header, names in GIVEN.items():
        for name in names.split():
            givers.setdefault(name, set()).add(header)
    return givers


GIVERS = _givers()


def missing(text, included):
    """The names of `text` that the standard headers `included` are not known to give, sorted."""
    code = cxx.without_directives(cxx.blank(text))
    found = [name for name in set(re.findall(r'\bstd::(\w+)', code))
             if name != 'size_t' and not GIVERS.get(name, set()) & included]
    found += [pattern for pattern, headers in BARE
              if re.search(pattern, code) and not set(headers.split()) & included]
    found += re.findall(UNKNOWN, code)
    if re.search(r'\bsize_t\b', code) and not included:
        found.append('size_t')
    return sorted(found)


def self_test():
    assert missing('std::string A(std::vector<int> b);', {'string'}) == ['vector']
    assert missing('std::string A(std::vector<int> b);', {'string', 'vector'}) == []
    assert missing('// std::map\nint a;', set()) == []
    assert missing('int64_t a;', {'string'}) and not missing('int64_t a;', {'cstdint'})
    assert missing('std::something a;', {'string', 'vector', 'utility'}) == ['something']
    assert missing('size_t a;', set()) == ['size_t']
    assert missing('auto a = strlen(b);', {'cstring'})


if __name__ == '__main__':
    self_test()
    print('std_names: self-test passed')
    sys.exit(0)
