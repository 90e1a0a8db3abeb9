# wayleave_room(NAME LINKS room... LIBRARIES lib... SOURCES file.cpp... TESTS file_test.cpp...)
#
# One room is one static library, wayleave_<NAME>. LINKS are the rooms it may include (public, the
# arrows of docs/architecture.md); LIBRARIES are third-party. TESTS become one executable,
# <NAME>_test, registered with CTest. Source lists are explicit.

add_library(wayleave_flags INTERFACE)
target_compile_options(wayleave_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Werror
  -fstack-protector-strong -fno-omit-frame-pointer)
target_compile_definitions(wayleave_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_DISABLE_BOOST_ARRAY SPDLOG_COMPILED_LIB)
if(WAYLEAVE_SANITIZE)
  target_compile_options(wayleave_flags INTERFACE -fsanitize=${WAYLEAVE_SANITIZE}
    -fno-sanitize-recover=all)
  target_link_options(wayleave_flags INTERFACE -fsanitize=${WAYLEAVE_SANITIZE})
  if(WAYLEAVE_SANITIZE MATCHES thread)
    # Asio's reference counts use fences, which ThreadSanitizer does not see; Boost's own do not.
    target_compile_definitions(wayleave_flags INTERFACE BOOST_ASIO_DISABLE_STD_ATOMIC)
  endif()
endif()
target_link_options(wayleave_flags INTERFACE -Wl,-z,relro,-z,now)

function(wayleave_room name)
  cmake_parse_arguments(ROOM "" "" "LINKS;LIBRARIES;SOURCES;TESTS" ${ARGN})
  add_library(wayleave_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(wayleave_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
  list(TRANSFORM ROOM_LINKS PREPEND wayleave_)
  target_link_libraries(wayleave_${name} PUBLIC ${ROOM_LINKS} ${ROOM_LIBRARIES}
    PRIVATE wayleave_flags)
  if(WAYLEAVE_TESTS AND ROOM_TESTS)
    add_executable(${name}_test ${ROOM_TESTS})
    target_link_libraries(${name}_test PRIVATE wayleave_${name} wayleave_flags GTest::gmock
      GTest::gtest_main)
    if(TARGET wayleave_db_testing)
      target_link_libraries(${name}_test PRIVATE wayleave_db_testing)
    endif()
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
endfunction()
