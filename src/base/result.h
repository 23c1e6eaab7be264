// Result<T>: a value or an Error. `WEIR_TRY(x, expr)` binds the value or returns the error.
#pragma once

#include <boost/system/result.hpp>
#include <utility>

#include "base/error.h"

namespace weir {

template <class T>
using Result = boost::system::result<T, Error>;

[[noreturn]] void ThrowError(const Error& error);  // only `value()` on an error gets here

}  // namespace weir

namespace boost::system {
// Chosen by result<>::value(); Weir's code asks has_value() first.
[[noreturn]] inline void throw_exception_from_error(const weir::Error& error,
                                                    const boost::source_location&) {
  weir::ThrowError(error);
}
}  // namespace boost::system
namespace weir {
using boost::system::throw_exception_from_error;
}  // namespace weir

#define WEIR_CONCAT_INNER(a, b) a##b
#define WEIR_CONCAT(a, b) WEIR_CONCAT_INNER(a, b)

// WEIR_TRY(auto x, MakeX());  — in a function that returns a Result.
#define WEIR_TRY(declaration, expression)                          \
  auto WEIR_CONCAT(weir_result_, __LINE__) = (expression);         \
  if (!WEIR_CONCAT(weir_result_, __LINE__))                        \
    return std::move(WEIR_CONCAT(weir_result_, __LINE__)).error(); \
  declaration = *std::move(WEIR_CONCAT(weir_result_, __LINE__))

// WEIR_CHECK_OK(expr): for Result<void>.
#define WEIR_CHECK_OK(expression) \
  if (auto weir_result = (expression); !weir_result) return std::move(weir_result).error()
