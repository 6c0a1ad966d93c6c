// Any bytes as a response, and as cells of a result.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "expect.hpp"
#include "protocol/json_reader.hpp"
#include "protocol/response_codec.hpp"

namespace {

using namespace sqlbus;

// A database may say anything: what goes out is JSON in valid UTF-8.
void check_result(std::string_view bytes) {
  constexpr ColumnType kTypes[] = {ColumnType::kBool, ColumnType::kInt, ColumnType::kFloat,
                                   ColumnType::kJson, ColumnType::kText};
  ResultEncoder result({.typed = true});
  result.begin({{std::string(bytes), kTypes[bytes.size() % std::size(kTypes)]}});
  const Cell cell{.kind = Cell::Kind::kText, .integer = 0, .text = bytes};
  result.add_row({&cell, 1});
  const ResponseHead head{.uuid = bytes, .message = bytes, .sqlstate = bytes};
  const std::string response = encode_response(head, &result);
  fuzz::expect(is_json(response), "a response is JSON in valid UTF-8");
  fuzz::expect(decode_response(response).ok(), "a response that was encoded is decoded");
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto response = decode_response(bytes);
  if (response.ok()) {
    for (const auto& row : response->rows) {
      for (const auto& cell : row) {
        fuzz::expect(!cell.is_native || is_json(cell.text), "a native cell is JSON");
      }
    }
  } else {
    fuzz::expect(!response.error().message.empty(), "an error says why");
  }
  check_result(bytes);
  return 0;
}
