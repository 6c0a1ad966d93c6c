// A test of a stranger's program: built by tests/package/run against what is installed.
#include <sqlbus_fake.hpp>

#include <cstdio>

int main() {
  sqlbus::Fake bus;
  bus.execute("create table t (i integer)");
  bus.on("select 1").fails({.error_id = -1});
  std::printf("%s rows, at unix:%d\n", bus.execute("select count(*) from t")[0][0]->c_str(),
              bus.url().rfind("unix:///", 0) == 0 ? 1 : 0);
}
