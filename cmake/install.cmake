# Installs the libraries as the CMake package "clotho", and the commands.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/clotho)
set(installed_layers clotho_core clotho_sched clotho_runtime clotho_flow clotho_algo clotho_clotho)
if(CLOTHO_BUILD_JOB)
  list(APPEND installed_layers clotho_job)
endif()

install(TARGETS ${installed_layers} EXPORT clotho
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS clotho_kernelc EXPORT clotho)
install(EXPORT clotho NAMESPACE clotho:: DESTINATION ${package_folder} FILE clotho-targets.cmake)
configure_package_config_file(cmake/clotho-config.cmake.in ${PROJECT_BINARY_DIR}/clotho-config.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/clotho-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/clotho-config.cmake ${PROJECT_BINARY_DIR}/clotho-config-version.cmake
  ${PROJECT_SOURCE_DIR}/cmake/kernels.cmake
  DESTINATION ${package_folder})

foreach(command IN ITEMS clotho_cli clotho_bench)
  if(TARGET ${command})
    install(TARGETS ${command})
  endif()
endforeach()

# Adapters for libraries that an application brings along; nothing of clotho includes them.
install(FILES ${PROJECT_SOURCE_DIR}/src/clotho/sched/adapt/asio_executor.hpp
  ${PROJECT_SOURCE_DIR}/src/clotho/sched/adapt/tbb_executor.hpp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/clotho/sched/adapt)
