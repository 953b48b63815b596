# Tests in Python: run by pytest, in an environment that has what tests/interop/requirements.txt pins.
set(WHEELFIX_PYTHON "${PROJECT_BINARY_DIR}/venv/bin/python" CACHE FILEPATH "Python with what tests/interop/requirements.txt pins")

if(NOT EXISTS "${WHEELFIX_PYTHON}")
  message(WARNING "There is no ${WHEELFIX_PYTHON}, so all tests in Python will fail. Let cmake/test.sh make it, or run\n"
    "  /usr/bin/python3 -m venv ${PROJECT_BINARY_DIR}/venv\n"
    "  ${PROJECT_BINARY_DIR}/venv/bin/pip install -r ${PROJECT_SOURCE_DIR}/tests/interop/requirements.txt\n"
    "or name another Python that has these with -DWHEELFIX_PYTHON=...")
endif()

file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/tests/tmp")

# wheelfix_python_test(GROUP NAME): test_NAME.py of this folder as the ctest `GROUP.NAME`. It finds the programs below $WHEELFIX_BUILD_DIR, and
# its files go to the build folder. Without that Python it fails.
function(wheelfix_python_test group name)
  set(test ${group}.${name})
  add_test(NAME ${test} COMMAND "${WHEELFIX_PYTHON}" -m pytest --quiet "--basetemp=${PROJECT_BINARY_DIR}/tests/tmp/${test}"
    "${CMAKE_CURRENT_SOURCE_DIR}/test_${name}.py" WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  # Nothing is kept outside of the build folder. git, which some compare with, must not take this repository's work tree as theirs.
  set_tests_properties(${test} PROPERTIES ENVIRONMENT
    "WHEELFIX_BUILD_DIR=${PROJECT_BINARY_DIR};PYTHONDONTWRITEBYTECODE=1;GIT_CEILING_DIRECTORIES=${PROJECT_BINARY_DIR}/tests/tmp;XDG_CACHE_HOME=${PROJECT_BINARY_DIR}/tests/cache")
endfunction()
