#include "client/demo/pretty_json.hpp"

#include <vector>

#include "protocol/json_reader.hpp"
#include "protocol/json_writer.hpp"

namespace sqlbus::demo {

namespace {

class PrettyVisitor : public JsonVisitor {
 public:
  explicit PrettyVisitor(std::string_view margin) : margin_(margin), out_(margin) {}

  bool on_scalar(const JsonScalar& scalar) override {
    separate_elements();
    switch (scalar.kind) {
      case JsonScalar::Kind::kNull:
        out_ += "null";
        break;
      case JsonScalar::Kind::kBool:
        out_ += scalar.boolean ? "true" : "false";
        break;
      case JsonScalar::Kind::kNumber:
        out_ += scalar.text;
        break;
      case JsonScalar::Kind::kString:
        out_ += quoted(scalar.text);
        break;
    }
    return true;
  }

  bool on_name(std::string_view name) override {
    if (!is_first_) out_ += ',';
    is_first_ = false;
    if (arrays_ == 0) {
      new_line();
    } else if (out_.back() == ',') {
      out_ += ' ';
    }
    out_ += quoted(name) + ": ";
    return true;
  }

  bool on_open(JsonContainer container) override {
    separate_elements();
    open_.push_back(container);
    arrays_ += container == JsonContainer::kArray ? 1 : 0;
    out_ += container == JsonContainer::kArray ? '[' : '{';
    is_first_ = true;
    return true;
  }

  bool on_close(JsonContainer container) override {
    open_.pop_back();
    if (container == JsonContainer::kObject && arrays_ == 0 && !is_first_) new_line();
    arrays_ -= container == JsonContainer::kArray ? 1 : 0;
    out_ += container == JsonContainer::kArray ? ']' : '}';
    is_first_ = false;
    return true;
  }

  const std::string& text() const { return out_; }

 private:
  static std::string quoted(std::string_view text) {
    std::string token;
    JsonWriter(token).string(text);
    return token;
  }

  void separate_elements() {
    if (open_.empty() || open_.back() != JsonContainer::kArray) return;
    if (!is_first_) out_ += ", ";
    is_first_ = false;
  }

  void new_line() {
    out_ += '\n';
    out_ += margin_;
    out_.append(2 * open_.size(), ' ');
  }

  std::string_view margin_;
  std::string out_;
  std::vector<JsonContainer> open_;
  int arrays_ = 0;  // how many of them are arrays
  bool is_first_ = true;
};

}  // namespace

std::string pretty_json(std::string_view json, std::string_view margin) {
  PrettyVisitor visitor(margin);
  if (!read_json(json, visitor)) return std::string(margin).append(json);
  return visitor.text();
}

}  // namespace sqlbus::demo
