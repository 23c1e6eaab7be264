# Compiler flags of every target: warnings are errors, hardening is on in each preset.
add_library(weir_flags INTERFACE)
target_compile_options(weir_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Wswitch -Wunused-result
  -pthread -fno-omit-frame-pointer -fstack-protector-strong
  $<$<CXX_COMPILER_ID:GNU>:-Wno-missing-field-initializers -fcoroutines>
  # libstdc++ 12's stable_sort uses what it calls deprecated itself.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-field-initializers;-Wno-deprecated-declarations>)
target_compile_definitions(weir_flags INTERFACE _GLIBCXX_ASSERTIONS)
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_definitions(weir_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
target_include_directories(weir_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
target_link_options(weir_flags INTERFACE -Wl,-z,relro,-z,now)

set(WEIR_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
# g++ 12 sees overlaps and overruns in inlined std::string code that are not there (GCC PR 105329, 105651).
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR WEIR_SANITIZE STREQUAL "thread")
  target_compile_options(weir_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow>)
endif()
# Nor does ThreadSanitizer's code let it see that an optional is read only when it has a value (PR 80635).
if(WEIR_SANITIZE STREQUAL "thread")
  target_compile_options(weir_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(WEIR_SANITIZE)
  target_compile_options(weir_flags INTERFACE -fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(weir_flags INTERFACE -fsanitize=${WEIR_SANITIZE})
endif()
# What these look for ends in an address that ASan knows; on every member access they cost a seventh of the compile time.
if(WEIR_SANITIZE MATCHES "undefined" AND NOT WEIR_FUZZ)
  target_compile_options(weir_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=null,vptr,object-size>)
endif()
# As g++ has it: clang says it another way until 20.
if(WEIR_SANITIZE MATCHES "address")
  target_compile_definitions(weir_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:__SANITIZE_ADDRESS__=1>)
endif()

find_program(WEIR_CCACHE ccache)
if(WEIR_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${WEIR_CCACHE})
endif()
