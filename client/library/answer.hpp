// What the bus answered, as the getters of sqlbus.h read it. Nothing changes it, so that any number
// of threads may.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "client/sqlbus.h"
#include "protocol/response.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

class Answer {
 public:
  // An Error where the response contradicts itself.
  static Result<Answer> from(Response response);

  const Response& response() const { return response_; }
  // What an ERRORID is for the caller.
  sqlbus_code code() const;
  // Why, for a person; empty where it succeeded.
  std::string error_text() const;
  bool is_retriable() const;
  // SQLBUS_TYPE_OTHER where there is no such field, or its type is newer than we are.
  sqlbus_type type_of(std::size_t field) const;
  // Null where there is no such cell.
  const ResponseCell* cell(std::size_t row, std::size_t field) const;
  // Of a column of bytes; nothing where the text of the cell is none.
  const std::optional<std::string>& bytes(std::size_t row, std::size_t field) const {
    return bytes_[field][row];
  }

 private:
  explicit Answer(Response response);

  Response response_;
  std::vector<sqlbus_type> types_;
  std::vector<std::vector<std::optional<std::string>>> bytes_;  // empty where no bytes are
};

}  // namespace sqlbus

struct sqlbus_result {
  sqlbus::Answer answer;
};
