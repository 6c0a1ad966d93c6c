# Writes OUTPUT: one string constant for each of FILES, named by the file.
set(text "#pragma once\n#include <string_view>\nnamespace sqlbus::lua {\n")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} body)
  string(APPEND text "inline constexpr std::string_view ${name} = R\"lua(${body})lua\";\n")
endforeach()
string(APPEND text "}  // namespace sqlbus::lua\n")
file(WRITE ${OUTPUT} "${text}")
