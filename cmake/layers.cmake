# clotho_add_layer(NAME SOURCES ... HEADERS ... [LINK ...] [LINK_PRIVATE ...])
#
# One folder, one target: defines clotho_NAME with the alias clotho::NAME. HEADERS are installed and each is
# compiled alone by the target all_verify_interface_header_sets.
function(clotho_add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;HEADERS;LINK;LINK_PRIVATE")
  add_library(clotho_${name} ${arg_SOURCES})
  add_library(clotho::${name} ALIAS clotho_${name})
  target_compile_features(clotho_${name} PUBLIC cxx_std_20)
  target_sources(clotho_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${arg_HEADERS})
  target_link_libraries(clotho_${name} PUBLIC ${arg_LINK} PRIVATE $<BUILD_INTERFACE:clotho_flags> ${arg_LINK_PRIVATE})
  clotho_precompile(clotho_${name})
  set_target_properties(clotho_${name} PROPERTIES
    EXPORT_NAME ${name}
    CXX_EXTENSIONS OFF
    POSITION_INDEPENDENT_CODE ON
    VERIFY_INTERFACE_HEADER_SETS ON
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endfunction()
