// Single steps of a request's way, apart from servers and threads.
#pragma once

namespace sqlbus::bench {

// Each makes the benchmarks of one step known to Google Benchmark.
void register_decode();
void register_route();
void register_lexer();  // of the PostgreSQL driver
void register_encode();
void register_sqlite_groups();

}  // namespace sqlbus::bench
