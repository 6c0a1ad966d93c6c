// sqlbus-demo [--postgres] [--stay]

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

#include "client/demo/demo.hpp"
#include "tests/support/supervisor.hpp"

namespace {

int work(int argc, char** argv) {
  sqlbus::demo::DemoOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--postgres") {
      options.on_postgres = true;
    } else if (argument == "--stay") {
      options.stays = true;
    } else {
      std::cerr << "usage: sqlbus-demo [--postgres] [--stay]\n";
      return 2;
    }
  }
  try {
    sqlbus::demo::run_demo(options);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cout << std::flush;
    std::cerr << "sqlbus-demo: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}

}  // namespace

int main(int argc, char** argv) { return sqlbus::test::supervise(work, argc, argv); }
