# Options of a build. Tests, tools and installation are on only when clotho is the top-level project.
option(CLOTHO_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(CLOTHO_BUILD_TOOLS "Build the clotho and clotho-bench commands" ${PROJECT_IS_TOP_LEVEL})
option(CLOTHO_BUILD_JOB "Build clotho::job: files, pipelines, values" ${CLOTHO_BUILD_TOOLS})
option(CLOTHO_BUILD_EXAMPLES "Build the examples" ${CLOTHO_BUILD_JOB})
option(CLOTHO_INSTALL "Generate install rules" ${PROJECT_IS_TOP_LEVEL})
set(CLOTHO_SANITIZE "" CACHE STRING "Sanitizers for every target, as -fsanitize= takes them")

if(CLOTHO_BUILD_TOOLS AND NOT CLOTHO_BUILD_JOB)
  message(FATAL_ERROR "CLOTHO_BUILD_TOOLS needs CLOTHO_BUILD_JOB: the commands read and write files through it")
endif()
if(CLOTHO_BUILD_EXAMPLES AND NOT CLOTHO_BUILD_JOB)
  message(FATAL_ERROR "CLOTHO_BUILD_EXAMPLES needs CLOTHO_BUILD_JOB: the examples read and write pictures through it")
endif()
