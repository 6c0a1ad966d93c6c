// Text that somebody else keeps, or that is kept here: what an envelope says stays where it is as
// long as the envelope does.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sqlbus {

// A value: copies keep their own text, also of what is borrowed.
class Text {
 public:
  Text() = default;
  // Keeps it.
  Text(std::string text)  // NOLINT(google-explicit-constructor): it is a text
      : own_(std::make_unique<std::string>(std::move(text))), view_(*own_) {}
  Text(std::string_view text) : Text(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  Text(const char* text) : Text(std::string(text)) {}       // NOLINT(google-explicit-constructor)
  // The bytes must outlive the Text and all that it is moved to.
  static Text borrow(std::string_view text) {
    Text borrowed;
    borrowed.view_ = text;
    return borrowed;
  }

  Text(const Text& other) : Text(other.view_) {}
  Text(Text&& other) noexcept
      : own_(std::move(other.own_)), view_(std::exchange(other.view_, {})) {}
  Text& operator=(const Text& other) { return *this = Text(other); }
  Text& operator=(Text&& other) noexcept {
    own_ = std::move(other.own_);
    view_ = std::exchange(other.view_, {});
    return *this;
  }
  ~Text() = default;

  operator std::string_view() const { return view_; }  // NOLINT(google-explicit-constructor)
  std::string_view view() const { return view_; }
  std::string str() const { return std::string(view_); }
  const char* data() const { return view_.data(); }
  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }

  friend bool operator==(const Text& a, const Text& b) { return a.view_ == b.view_; }
  friend bool operator==(const Text& a, std::string_view b) { return a.view_ == b; }
  friend bool operator==(const Text& a, const std::string& b) { return a.view_ == b; }
  friend bool operator==(const Text& a, const char* b) { return a.view_ == b; }
  friend std::ostream& operator<<(std::ostream& out, const Text& text);

 private:
  std::unique_ptr<std::string> own_;  // null where it is borrowed
  std::string_view view_;
};

}  // namespace sqlbus
