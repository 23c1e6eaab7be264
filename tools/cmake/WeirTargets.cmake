# weir_library(NAME DEPS a b LIBS ext…): the library of the folder, linked only to its lower
# neighbours, and NAME_test from the *_test.cc files beside the code.
add_library(weir_pch OBJECT ${CMAKE_SOURCE_DIR}/tools/cmake/pch.cc)
target_link_libraries(weir_pch PUBLIC weir_flags fmt::fmt)
target_precompile_headers(weir_pch PRIVATE ${CMAKE_SOURCE_DIR}/tools/cmake/pch.h)

function(weir_library name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS;TEST_DEPS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$|/main\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(TRANSFORM ARG_DEPS PREPEND weir_)
  if(NOT sources)
    add_library(weir_${name} INTERFACE)
    return()
  endif()
  add_library(weir_${name} STATIC ${sources})
  target_link_libraries(weir_${name} PUBLIC weir_flags fmt::fmt ${ARG_DEPS} ${ARG_LIBS})
  target_precompile_headers(weir_${name} REUSE_FROM weir_pch)
  if(WEIR_TESTS AND tests)
    weir_test(${name}_test SOURCES ${tests} LIBS weir_${name} ${ARG_TEST_DEPS})
  endif()
endfunction()

# weir_test(NAME SOURCES … LIBS …): a GoogleTest binary that script/test runs.
function(weir_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM weir_pch)
  # One more of the warnings that WeirFlags.cmake silences, seen in tests only.
  target_compile_options(${name} PRIVATE
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-stringop-overread>)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
