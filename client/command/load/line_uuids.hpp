// Identities for the lines of a file, the same each time that the file is loaded.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sqlbus {

// UUIDs of version 8 (RFC 9562), made of a digest of the file's name (32 bits), the number of the
// line (44 bits) and a digest of what the line says (46 bits), under a key from the name. They are
// in the order of the lines, so that the ledger's index grows at one place for each file.
//
// A file that was moved or has grown keeps the identities of its lines; a line that was mended gets
// another one, and the lines behind it do not.
class LineUuids {
 public:
  // `context` is what makes a request of a line, and is part of what each says: the statement that
  // records of CSV are bound to.
  LineUuids(std::string_view name, std::string_view context);

  // 36 characters in lower case behind `out`.
  void append(std::string& out, std::uint64_t line, std::string_view content) const;

 private:
  std::array<unsigned char, 4> name_{};
  std::array<unsigned char, 16> key_{};
};

}  // namespace sqlbus
