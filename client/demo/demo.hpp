// The bus at its main job, on servers of its own.
#pragma once

namespace sqlbus::demo {

struct DemoOptions {
  bool on_postgres = false;  // else SQLite
  bool stays = false;        // until Ctrl-C
};

// Shows everything on standard output. Throws std::runtime_error where something is not as the
// bus promises.
void run_demo(const DemoOptions& options);

}  // namespace sqlbus::demo
