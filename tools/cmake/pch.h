// Headers that nearly every file needs; measured, not guessed: see docs/adr/0002.
#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <boost/system/result.hpp>
#include <charconv>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
