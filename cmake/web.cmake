# wayleave_web_embed(TARGET SYMBOL PACKAGE folder)
#
# Builds a web package (its package.json's `build` script) into the build tree and compiles every file
# that came out into TARGET as `extern const wayleave::EmbeddedAsset SYMBOL[]` (base/embedded.hpp).
# A changed, new or removed source builds it again. script/bootstrap --build-only installs what it
# needs; the build itself asks no network.
set(WAYLEAVE_NODE ${PROJECT_SOURCE_DIR}/tools/node_modules/.bin/node)

function(wayleave_web_embed target symbol)
  cmake_parse_arguments(WEB "" "PACKAGE" "" ${ARGN})
  get_filename_component(package ${WEB_PACKAGE} ABSOLUTE)
  if(NOT EXISTS ${WAYLEAVE_NODE} OR NOT EXISTS ${package}/node_modules)
    message(WARNING "building ${package} will need its npm packages: run script/bootstrap --build-only")
  endif()
  set(out ${CMAKE_BINARY_DIR}/web/${symbol})
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/web)
  add_custom_command(
    OUTPUT ${out}.cpp
    COMMAND ${WAYLEAVE_NODE} ${PROJECT_SOURCE_DIR}/tools/embed_web.mjs --package ${package}
      --out ${out} --symbol ${symbol} --cpp ${out}.cpp --depfile ${out}.d
    DEPENDS ${PROJECT_SOURCE_DIR}/tools/embed_web.mjs ${package}/package-lock.json
    DEPFILE ${out}.d
    COMMENT "Building the web package ${package}"
    VERBATIM)
  target_sources(${target} PRIVATE ${out}.cpp)
endfunction()
