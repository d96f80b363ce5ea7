# clotho_precompile(TARGET): the standard library's headers are read once a target, which spares a third of the time of a
# whole build. Not with a compiler cache, which wants to see every header; and a project that has clotho as a subfolder
# builds without, which shows an include that is missing.
include(CMakeDependentOption)
cmake_dependent_option(CLOTHO_PRECOMPILE "Precompile the standard library's headers" ON
  "PROJECT_IS_TOP_LEVEL;NOT CMAKE_CXX_COMPILER_LAUNCHER" OFF)

function(clotho_precompile target)
  if(CLOTHO_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${PROJECT_SOURCE_DIR}/cmake/precompiled.hpp>)
  endif()
endfunction()
