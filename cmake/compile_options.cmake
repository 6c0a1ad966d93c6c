# Warnings, sanitizers: the same for every target, by linking sqlbus::options.
option(SQLBUS_WERROR "Warnings are errors" OFF)
set(SQLBUS_SANITIZE "" CACHE STRING "-fsanitize= list: address,undefined or thread")

add_library(sqlbus_options INTERFACE)
add_library(sqlbus::options ALIAS sqlbus_options)
target_compile_options(sqlbus_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
# Designated initializers leave out on purpose what keeps its default.
target_compile_options(sqlbus_options INTERFACE -Wno-missing-field-initializers)
# g++ 12 sees overlaps in inlined std::string concatenation that are not there (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(sqlbus_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
# Of sources in batches g++ believes that they are headers, whose unnamed namespaces are many; and g++ 14
# inlines std::variant so far that it sees values in it which are not there.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(sqlbus_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>)
endif()
target_include_directories(sqlbus_options INTERFACE ${CMAKE_SOURCE_DIR})
if(SQLBUS_WERROR)
  target_compile_options(sqlbus_options INTERFACE -Werror)
endif()
if(SQLBUS_SANITIZE)
  target_compile_options(sqlbus_options INTERFACE -fsanitize=${SQLBUS_SANITIZE}
                                                  -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(sqlbus_options INTERFACE -fsanitize=${SQLBUS_SANITIZE})
endif()
