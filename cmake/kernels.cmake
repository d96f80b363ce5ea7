# clotho_add_kernels(TARGET SOURCES FILE.cl... [NAMESPACE NAME] [PREFIX FOLDER] [INCLUDES FOLDER...])
#
# Makes kernels part of a program, with what they include: for saxpy.cl the target may
#     #include "kernels/saxpy.hpp"      and      runtime.build(kernels::saxpy)
# NAMESPACE (default kernels) is the constants', PREFIX (default kernels) the folder of the headers; INCLUDES are looked
# through for included files after the file's own folder. A change of an included file is noticed. When clang is there it
# checks the text as OpenCL C 1.2, and what it refuses fails the build.
find_program(CLOTHO_CLANG NAMES clang clang-19 clang-18 clang-17 clang-16 clang-15 clang-14 DOC "Checks kernels at build time")
mark_as_advanced(CLOTHO_CLANG)

function(clotho_add_kernels target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAMESPACE;PREFIX" "SOURCES;INCLUDES")
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "clotho_add_kernels(${target} SOURCES FILE.cl...): what is '${arg_UNPARSED_ARGUMENTS}'?")
  endif()
  if(NOT arg_NAMESPACE)
    set(arg_NAMESPACE kernels)
  endif()
  if(NOT arg_PREFIX)
    set(arg_PREFIX kernels)
  endif()
  set(includes)
  foreach(folder IN LISTS arg_INCLUDES)
    cmake_path(ABSOLUTE_PATH folder BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${folder})
    list(APPEND includes --include ${folder})
  endforeach()
  set(made ${CMAKE_CURRENT_BINARY_DIR}/${target}_kernels)
  set(outputs)
  foreach(file IN LISTS arg_SOURCES)
    cmake_path(GET file STEM noun)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    file(RELATIVE_PATH shown ${PROJECT_SOURCE_DIR} ${file}) # messages name it so
    set(base ${made}/${arg_PREFIX}/${noun})
    set(check)
    if(CLOTHO_CLANG)
      set(check COMMAND ${CLOTHO_CLANG} -x cl -cl-std=CL1.2 -Xclang -finclude-default-header -fsyntax-only -Wall -Werror
        -Wno-unused-function -Wno-unused-variable -Wno-unknown-pragmas -Wno-gcc-compat ${base}.cl)
    endif()
    add_custom_command(OUTPUT ${base}.cpp ${base}.hpp
      COMMAND clotho::kernelc ${shown} --namespace ${arg_NAMESPACE} --header ${base}.hpp --source ${base}.cpp
        --flat ${base}.cl --depfile ${base}.d ${includes}
      ${check}
      DEPENDS ${file} DEPFILE ${base}.d WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
      COMMENT "Embedding ${shown}" VERBATIM)
    list(APPEND outputs ${base}.cpp ${base}.hpp)
  endforeach()
  target_sources(${target} PRIVATE ${outputs})
  target_include_directories(${target} PRIVATE ${made})
endfunction()
