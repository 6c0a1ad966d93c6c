#include "bench/pg_connection.hpp"

#include <libpq-fe.h>

#include <stdexcept>

namespace sqlbus::bench {

namespace {

// What libpq takes: pointers to texts that end with a NUL.
class ParamPointers {
 public:
  explicit ParamPointers(std::span<const std::string> params) {
    pointers_.reserve(params.size());
    for (const std::string& param : params) pointers_.push_back(param.c_str());
  }
  int count() const { return static_cast<int>(pointers_.size()); }
  const char* const* get() const { return pointers_.data(); }

 private:
  std::vector<const char*> pointers_;
};

}  // namespace

void PgConnection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }
void PgConnection::Close::operator()(pg_result* result) const { PQclear(result); }

PgConnection::PgConnection(const std::string& conninfo)
    : connection_(PQconnectdb(conninfo.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    throw std::runtime_error(PQerrorMessage(connection_.get()));
  }
}

void PgConnection::exec(const std::string& sql) { expect(PQexec(connection_.get(), sql.c_str())); }

void PgConnection::prepare(const char* name, const std::string& sql) {
  expect(PQprepare(connection_.get(), name, sql.c_str(), 0, nullptr));
}

int PgConnection::run_prepared(const char* name, Params params) {
  const ParamPointers values(params);
  return PQntuples(expect(PQexecPrepared(connection_.get(), name, values.count(), values.get(),
                                         nullptr, nullptr, 0))
                       .get());
}

std::vector<std::string> PgConnection::query_row(const std::string& sql, Params params) {
  const ParamPointers values(params);
  const auto result = expect(PQexecParams(connection_.get(), sql.c_str(), values.count(), nullptr,
                                          values.get(), nullptr, nullptr, 0));
  std::vector<std::string> row;
  if (PQntuples(result.get()) == 0) return row;
  for (int column = 0; column < PQnfields(result.get()); ++column) {
    row.emplace_back(PQgetvalue(result.get(), 0, column));
  }
  return row;
}

void PgConnection::start_pipeline() { expect_sent(PQenterPipelineMode(connection_.get())); }

void PgConnection::send(const std::string& sql) {
  expect_sent(
      PQsendQueryParams(connection_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0));
  ++in_flight_;
}

// A send that has to wait reads meanwhile what the server says, so neither waits for the other.
void PgConnection::send_prepared(const char* name, Params params) {
  const ParamPointers values(params);
  expect_sent(PQsendQueryPrepared(connection_.get(), name, values.count(), values.get(), nullptr,
                                  nullptr, 0));
  ++in_flight_;
}

void PgConnection::finish() {
  expect_sent(PQpipelineSync(connection_.get()));
  for (; in_flight_ > 0; --in_flight_) {
    expect(PQgetResult(connection_.get()));
    const OwnedResult end(PQgetResult(connection_.get()));  // a null pointer behind each
  }
  const OwnedResult sync(PQgetResult(connection_.get()));
  if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) {
    throw std::runtime_error("a pipeline without its end");
  }
  expect_sent(PQexitPipelineMode(connection_.get()));
}

PgConnection::OwnedResult PgConnection::expect(pg_result* raw) const {
  OwnedResult result(raw);
  const auto status = PQresultStatus(raw);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
  throw std::runtime_error(PQerrorMessage(connection_.get()));
}

void PgConnection::expect_sent(int is_sent) const {
  if (is_sent == 0) throw std::runtime_error(PQerrorMessage(connection_.get()));
}

}  // namespace sqlbus::bench
