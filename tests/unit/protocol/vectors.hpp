// The test vectors under tests/vectors, as their README.md describes them.
#pragma once

#include <rapidjson/document.h>

#include <string>

#include "protocol/value.hpp"

namespace sqlbus::test {

rapidjson::Document load_vectors(const std::string& file);

// The string of that name, empty where there is none.
std::string text_at(const rapidjson::Value& object, const char* name);
bool flag_at(const rapidjson::Value& object, const char* name);

// {"kind": …, "value": …}, the value always a string.
Value value_from(const rapidjson::Value& vector);

}  // namespace sqlbus::test
