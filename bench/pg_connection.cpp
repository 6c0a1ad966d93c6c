#include "bench/pg_connection.hpp"

#include <libpq-fe.h>

#include <stdexcept>

namespace sqlbus::bench {

namespace {

// What libpq takes: pointers to texts that end with a NUL, or to so many bytes.
class ParamPointers {
 public:
  explicit ParamPointers(std::span<const std::string> params) {
    pointers_.reserve(params.size());
    for (const std::string& param : params) pointers_.push_back(param.c_str());
  }
  explicit ParamPointers(std::span<const PgParam> params) {
    for (const PgParam& param : params) {
      pointers_.push_back(param.bytes.c_str());
      sizes_.push_back(static_cast<int>(param.bytes.size()));
      formats_.push_back(param.is_binary ? 1 : 0);
    }
  }
  int count() const { return static_cast<int>(pointers_.size()); }
  const char* const* get() const { return pointers_.data(); }
  const int* sizes() const { return sizes_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  std::vector<const char*> pointers_;
  std::vector<int> sizes_;
  std::vector<int> formats_;
};

std::vector<std::string> first_row(const pg_result& result) {
  std::vector<std::string> row;
  if (PQntuples(&result) == 0) return row;
  for (int column = 0; column < PQnfields(&result); ++column) {
    row.emplace_back(PQgetvalue(&result, 0, column));
  }
  return row;
}

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
  return first_row(*expect(PQexecParams(connection_.get(), sql.c_str(), values.count(), nullptr,
                                        values.get(), nullptr, nullptr, 0)));
}

std::vector<std::string> PgConnection::query_row_prepared(const char* name, Params params) {
  const ParamPointers values(params);
  return first_row(*expect(
      PQexecPrepared(connection_.get(), name, values.count(), values.get(), nullptr, nullptr, 0)));
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

void PgConnection::send_prepared(const char* name, std::span<const PgParam> params) {
  const ParamPointers values(params);
  expect_sent(PQsendQueryPrepared(connection_.get(), name, values.count(), values.get(),
                                  values.sizes(), values.formats(), 0));
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
