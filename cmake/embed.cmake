# wayleave_embed(TARGET SYMBOL FILES file...)
#
# Compiles files into TARGET as `extern const wayleave::Embedded SYMBOL[]` (name, bytes), ended by
# an entry without a name; declared in base/embedded.hpp. Data stays in its own file on disk and is
# pulled in by the assembler, so that a rebuild costs nothing.
function(wayleave_embed target symbol)
  cmake_parse_arguments(EMBED "" "" "FILES" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cpp)
  set(body "#include \"base/embedded.hpp\"\n")
  set(table "")
  set(index 0)
  foreach(file IN LISTS EMBED_FILES)
    get_filename_component(path ${file} ABSOLUTE)
    get_filename_component(name ${file} NAME)
    string(APPEND body
      "__asm__(\".section .rodata\\n${symbol}_${index}: .incbin \\\"${path}\\\"\\n${symbol}_${index}_end: .byte 0\\n.previous\\n\");\n"
      "extern \"C\" const char ${symbol}_${index}[] __asm__(\"${symbol}_${index}\");\n"
      "extern \"C\" const char ${symbol}_${index}_end[] __asm__(\"${symbol}_${index}_end\");\n")
    string(APPEND table
      "  {\"${name}\", ${symbol}_${index}, ${symbol}_${index}_end},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND body "namespace wayleave {\nextern const Embedded ${symbol}[];\n"
    "const Embedded ${symbol}[] = {\n${table}  {nullptr, nullptr, nullptr}};\n}\n")
  file(CONFIGURE OUTPUT ${out} CONTENT "${body}" @ONLY)
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${EMBED_FILES}")
  target_sources(${target} PRIVATE ${out})
endfunction()
