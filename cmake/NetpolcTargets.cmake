# SPDX-License-Identifier: Apache-2.0
# Compiler settings and the one way to declare a library, a program and a unit test.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

find_program(NETPOLC_CCACHE ccache)
if(NETPOLC_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${NETPOLC_CCACHE}")
endif()

# "", "address,undefined" or "thread".
set(NETPOLC_SANITIZE "" CACHE STRING "Sanitizers to build with")

# Instruments everything for libFuzzer and links the programs of tests/fuzz against it; clang only.
option(NETPOLC_FUZZ "Build the fuzz targets with libFuzzer" OFF)

add_library(netpolc_flags INTERFACE)
target_compile_options(netpolc_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12's own stable_sort calls a function that it declares deprecated; g++ still tells
  # us of ours.
  target_compile_options(netpolc_flags INTERFACE -Wno-deprecated-declarations)
endif()
target_include_directories(netpolc_flags INTERFACE
  "${CMAKE_SOURCE_DIR}" "${CMAKE_SOURCE_DIR}/include")
if(NETPOLC_SANITIZE)
  target_compile_options(netpolc_flags INTERFACE
    "-fsanitize=${NETPOLC_SANITIZE}" -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(netpolc_flags INTERFACE "-fsanitize=${NETPOLC_SANITIZE}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 sees uninitialised members in <regex> when it instruments; other builds keep the warning.
    target_compile_options(netpolc_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
if(NETPOLC_FUZZ)
  target_compile_options(netpolc_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(netpolc_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# netpolc_library(NAME SOURCES ... USES ...): USES are public dependencies.
function(netpolc_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC netpolc_flags ${ARG_USES})
endfunction()

# netpolc_unit_test(NAME SOURCES ... USES ... LABELS ...): one gtest program, one CTest entry.
function(netpolc_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE netpolc_flags ${ARG_USES} GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  # One skipped case makes the program a skipped one: it must not look like a pass.
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}"
    SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]"
    ENVIRONMENT "NETPOLC_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
endfunction()
