#include "protocol/json_writer.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/value_codec.hpp"

namespace sqlbus {
namespace {

void write_params(JsonWriter& json, const Statement& statement) {
  if (statement.params.empty()) return;
  json.name("PARAMS").open(JsonContainer::kArray);
  for (const Value& value : statement.params) write_value(json, value);
  json.close(JsonContainer::kArray);
}

// Within a pair or a list.
void write_statement(JsonWriter& json, const Statement& statement) {
  if (statement.params.empty()) {
    json.string(statement.sql);
    return;
  }
  json.open(JsonContainer::kObject).name("SQL").string(statement.sql);
  write_params(json, statement);
  json.close(JsonContainer::kObject);
}

void write_statements(JsonWriter& json, const Request& request) {
  json.name("STATEMENT");
  switch (request.form) {
    case Request::Form::kSingle:
      json.string(request.statements.front().sql);
      write_params(json, request.statements.front());
      return;
    case Request::Form::kUpsert:
      json.open(JsonContainer::kObject).name("UPDATE");
      write_statement(json, request.statements[0]);
      json.name("INSERT");
      write_statement(json, request.statements[1]);
      json.close(JsonContainer::kObject);
      return;
    case Request::Form::kTransaction:
      json.open(JsonContainer::kArray);
      for (const Statement& statement : request.statements) write_statement(json, statement);
      json.close(JsonContainer::kArray);
      return;
  }
}

}  // namespace

std::string encode_request(const Request& request) {
  std::string envelope;
  encode_request(request, envelope);
  return envelope;
}

void encode_request(const Request& request, std::string& envelope) {
  envelope.clear();
  JsonWriter json(envelope);
  json.open(JsonContainer::kObject);
  json.name("UUID").string(request.uuid);
  json.name("APP").string(request.app);
  json.name("PID").integer(request.pid);
  json.name("TYPE").string("REQUEST");
  json.name("SYNC").boolean(request.sync);
  if (!request.rchannel.empty()) json.name("RCHANNEL").string(request.rchannel);
  json.name("TIMESTAMP").moment(request.timestamp);
  write_statements(json, request);
  if (request.database) json.name("DATABASE").string(*request.database);
  if (request.key) json.name("KEY").string(*request.key);
  if (request.deadline) json.name("DEADLINE").moment(*request.deadline);
  if (request.not_before) json.name("NOT_BEFORE").moment(*request.not_before);
  if (request.typed) json.name("TYPED").boolean(true);
  if (request.rows_max) json.name("MAX_ROWS").integer(*request.rows_max);
  if (!request.traceparent.empty()) json.name("TRACEPARENT").string(request.traceparent);
  json.close(JsonContainer::kObject);
}

}  // namespace sqlbus
