#include "drivers/postgres/array_param.hpp"

#include <charconv>
#include <span>

#include "drivers/postgres/type_oids.hpp"

namespace sqlbus::postgres {
namespace {

using driver::view_of;

// Bytes of an integer type; 0 for all others.
int int_size(unsigned int type) {
  switch (type) {
    case oid::kInt2:
      return 2;
    case oid::kInt4:
      return 4;
    case oid::kInt8:
      return 8;
    default:
      return 0;
  }
}

bool is_text(unsigned int type) {
  return type == oid::kText || type == oid::kVarchar || type == oid::kBpchar || type == oid::kJson;
}

bool fits(std::int64_t value, int bytes) {
  if (bytes == 8) return true;
  const auto limit = std::int64_t{1} << (8 * bytes - 1);
  return value >= -limit && value < limit;
}

std::string_view digits_of(std::int64_t value, std::span<char> space) {
  const auto end = std::to_chars(space.data(), space.data() + space.size(), value).ptr;
  return {space.data(), static_cast<std::size_t>(end - space.data())};
}

void put_int(std::string& bytes, std::int64_t value, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> shift);
  }
}

void put_quoted(std::string& text, std::string_view element) {
  text += '"';
  for (const char c : element) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  text += '"';
}

}  // namespace

bool ArrayParam::assign(const ValueTable& table, std::size_t at) {
  return assign_binary(table, at) || assign_text(table, at);
}

// What a value means as text and in the binary format is the same only for these.
bool ArrayParam::assign_binary(const ValueTable& table, std::size_t at) {
  const int size = int_size(element_);
  const bool is_text_type = is_text(element_);
  begin_binary(table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto& value = table.at(row, at);
    char space[24];
    if (value.kind == SQLBUS_VALUE_NULL) {
      add_null();
    } else if (value.kind == SQLBUS_VALUE_INTEGER && size > 0 && fits(value.integer, size)) {
      add_int(value.integer, size);
    } else if (value.kind == SQLBUS_VALUE_INTEGER && is_text_type) {
      add_bytes(digits_of(value.integer, space));
    } else if (value.kind == SQLBUS_VALUE_BOOL && is_text_type) {
      add_bytes(value.integer != 0 ? "true" : "false");
    } else if (value.kind == SQLBUS_VALUE_BOOL && element_ == oid::kBool) {
      add_int(value.integer != 0 ? 1 : 0, 1);
    } else if (value.kind == SQLBUS_VALUE_TEXT || value.kind == SQLBUS_VALUE_NUMBER) {
      if (!is_text_type || driver::has_nul(view_of(value.text))) return false;
      add_bytes(view_of(value.text));
    } else if (value.kind == SQLBUS_VALUE_BYTES && element_ == oid::kBytea) {
      add_bytes(view_of(value.text));
    } else {
      return false;
    }
  }
  return true;
}

// {"a","b \" c",NULL}
bool ArrayParam::assign_text(const ValueTable& table, std::size_t at) {
  is_binary_ = false;
  bytes_ = "{";
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto& value = table.at(row, at);
    char space[24];
    if (bytes_.size() > 1) bytes_ += ',';
    switch (value.kind) {
      case SQLBUS_VALUE_NULL:
        bytes_ += "NULL";
        break;
      case SQLBUS_VALUE_BOOL:
        put_quoted(bytes_, value.integer != 0 ? "true" : "false");
        break;
      case SQLBUS_VALUE_INTEGER:
        put_quoted(bytes_, digits_of(value.integer, space));
        break;
      case SQLBUS_VALUE_NUMBER:
      case SQLBUS_VALUE_TEXT:
        if (driver::has_nul(view_of(value.text))) return false;
        put_quoted(bytes_, view_of(value.text));
        break;
      default:
        return false;
    }
  }
  bytes_ += '}';
  return true;
}

// Dimensions, whether there may be NULLs, type, length, first index.
void ArrayParam::begin_binary(std::size_t count) {
  is_binary_ = true;
  bytes_.clear();
  put_int(bytes_, 1, 4);
  put_int(bytes_, 1, 4);
  put_int(bytes_, element_, 4);
  put_int(bytes_, static_cast<std::int64_t>(count), 4);
  put_int(bytes_, 1, 4);
}

void ArrayParam::add_bytes(std::string_view bytes) {
  put_int(bytes_, static_cast<std::int64_t>(bytes.size()), 4);
  bytes_ += bytes;
}

void ArrayParam::add_int8(std::int64_t value) { add_int(value, 8); }

void ArrayParam::add_int(std::int64_t value, int bytes) {
  put_int(bytes_, bytes, 4);
  put_int(bytes_, value, bytes);
}

void ArrayParam::add_null() { put_int(bytes_, -1, 4); }

void ArrayParam::add_to(Params& params) const {
  if (is_binary_) {
    params.add_binary(bytes_);
  } else {
    params.add_text(bytes_.c_str());
  }
}

}  // namespace sqlbus::postgres
