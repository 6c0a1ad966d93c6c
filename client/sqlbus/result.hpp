// What a query brought.
#pragma once

#include <sqlbus.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cell.hpp"

namespace sqlbus {
inline namespace v0 {

// Shared by a result and its rows, so that each may outlive the other; nothing changes it.
using SharedResult = std::shared_ptr<const sqlbus_result>;

class Row {
 public:
  Row(SharedResult result, std::size_t row) : result_(std::move(result)), row_(row) {}

  std::size_t size() const { return sqlbus_result_fields(result_.get()); }
  Cell operator[](std::size_t field) const { return {result_.get(), row_, field}; }
  // The first field of that name.
  Cell operator[](std::string_view name) const;
  // A text as a std::string_view lives as long as the Row or its Result. CellError where the cell
  // is no T, or NULL and T no std::optional.
  template <typename T>
  T get(std::size_t field) const {
    return (*this)[field].template as<T>();
  }
  template <typename T>
  T get(std::string_view name) const {
    return (*this)[name].template as<T>();
  }

 private:
  SharedResult result_;
  std::size_t row_;
};

// The rows of a result, which they keep alive.
class Rows {
 public:
  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Row;

    Iterator() = default;
    Iterator(const Rows* rows, std::size_t at) : rows_(rows), at_(at) {}
    Row operator*() const { return (*rows_)[at_]; }
    Row operator[](difference_type n) const { return *(*this + n); }
    Iterator& operator+=(difference_type n) {
      at_ = static_cast<std::size_t>(static_cast<difference_type>(at_) + n);
      return *this;
    }
    Iterator& operator-=(difference_type n) { return *this += -n; }
    Iterator& operator++() { return *this += 1; }
    Iterator& operator--() { return *this -= 1; }
    Iterator operator++(int) { return std::exchange(*this, *this + 1); }
    Iterator operator--(int) { return std::exchange(*this, *this - 1); }
    friend Iterator operator+(Iterator a, difference_type n) { return a += n; }
    friend Iterator operator+(difference_type n, Iterator a) { return a += n; }
    friend Iterator operator-(Iterator a, difference_type n) { return a -= n; }
    friend difference_type operator-(const Iterator& a, const Iterator& b) {
      return static_cast<difference_type>(a.at_) - static_cast<difference_type>(b.at_);
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }
    friend auto operator<=>(const Iterator& a, const Iterator& b) { return a.at_ <=> b.at_; }

   private:
    const Rows* rows_ = nullptr;
    std::size_t at_ = 0;
  };

  explicit Rows(SharedResult result) : result_(std::move(result)) {}

  std::size_t size() const { return sqlbus_result_rows(result_.get()); }
  bool empty() const { return size() == 0; }
  Row operator[](std::size_t row) const { return {result_, row}; }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  SharedResult result_;
};

struct Column {
  std::string name;
  sqlbus_type type;
};

class Result {
 public:
  // Takes it over.
  explicit Result(sqlbus_result* result) : result_(result, sqlbus_result_free) {}

  Rows rows() const { return Rows(result_); }
  std::size_t size() const { return sqlbus_result_rows(c()); }
  bool empty() const { return size() == 0; }
  Row operator[](std::size_t row) const { return {result_, row}; }
  // The only row; CellError where there is none, or another one.
  Row one() const;
  // The first cell of the first row.
  template <typename T>
  T scalar() const {
    return (*this)[0].template get<T>(0);
  }
  std::vector<Column> columns() const;
  std::int64_t affected() const { return sqlbus_result_affected(c()); }
  bool is_truncated() const { return sqlbus_result_is_truncated(c()) != 0; }
  // The UUID had been applied before: this is the first answer.
  bool is_duplicate() const { return sqlbus_result_is_duplicate(c()) != 0; }
  std::string_view uuid() const { return sqlbus_result_uuid(c()); }
  std::string_view dbtype() const { return sqlbus_result_dbtype(c()); }
  std::string_view traceparent() const { return sqlbus_result_traceparent(c()); }
  std::optional<double> queued_ms() const { return known(sqlbus_result_queued_ms(c())); }
  std::optional<double> executed_ms() const { return known(sqlbus_result_executed_ms(c())); }

  // For the functions of sqlbus.h.
  const sqlbus_result* c() const { return result_.get(); }

 private:
  static std::optional<double> known(double value_ms) {
    return value_ms < 0 ? std::nullopt : std::optional(value_ms);
  }

  SharedResult result_;
};

inline Cell Row::operator[](std::string_view name) const {
  const std::string text(name);
  const std::size_t field = sqlbus_result_find(result_.get(), text.c_str());
  if (field != SQLBUS_NO_FIELD) return {result_.get(), row_, field};
  throw CellError("there is no field " + text, {.code = SQLBUS_E_ARGUMENT});
}

inline Row Result::one() const {
  if (size() == 1) return (*this)[0];
  throw CellError("one row was expected, " + std::to_string(size()) + " came",
                  {.code = SQLBUS_E_ARGUMENT});
}

inline std::vector<Column> Result::columns() const {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < sqlbus_result_fields(c()); ++i) {
    columns.push_back({sqlbus_result_field_name(c(), i), sqlbus_result_field_type(c(), i)});
  }
  return columns;
}

}  // namespace v0
}  // namespace sqlbus
