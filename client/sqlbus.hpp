// libsqlbus for C++20: header-only, over the plain C of sqlbus.h.
//
//   sqlbus::Client bus("redis://127.0.0.1");
//   bus.send("insert into orders values (?, ?)", 42, "bolts");
//   for (const auto& row : bus.query("select id, item from orders where id = ?", 42).rows())
//     std::cout << row.get<int>("id") << ' ' << row.get<std::string_view>("item") << '\n';
//
// What fails throws an sqlbus::Error. Threads: a Client is used by one thread at a time; a Result
// may be read by any number. What the C functions say of time, order and resending holds here, too.
#pragma once

#include "sqlbus/client.hpp"   // IWYU pragma: export
#include "sqlbus/error.hpp"    // IWYU pragma: export
#include "sqlbus/param.hpp"    // IWYU pragma: export
#include "sqlbus/request.hpp"  // IWYU pragma: export
#include "sqlbus/result.hpp"   // IWYU pragma: export
