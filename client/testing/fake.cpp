#include <stdexcept>

#include "client/testing/fake_server.hpp"
#include "client/testing/sqlbus_fake.hpp"

namespace sqlbus {

struct Fake::Impl {
  mutable fake::Server server;
};

void Fake::Expectation::rows(std::vector<Column> columns, std::vector<Row> rows) {
  fake::Script script;
  script.columns = std::move(columns);
  script.rows = std::move(rows);
  fake_.impl_->server.access()->database().expect(sql_, std::move(script));
}

void Fake::Expectation::changes(std::int64_t affected) {
  fake::Script script;
  script.affected = affected;
  fake_.impl_->server.access()->database().expect(sql_, std::move(script));
}

void Fake::Expectation::fails(Failure failure) {
  fake::Script script;
  script.failure = std::move(failure);
  fake_.impl_->server.access()->database().expect(sql_, std::move(script));
}

Fake::Fake() : impl_(std::make_unique<Impl>()) {}
Fake::~Fake() = default;

std::string Fake::url() const { return "unix://" + impl_->server.socket(); }

std::vector<Fake::Request> Fake::requests() const { return impl_->server.access()->requests(); }

bool Fake::wait_for_requests(std::size_t count, std::chrono::milliseconds limit) const {
  return impl_->server.wait_for_requests(count, limit);
}

std::vector<Fake::DeadLetter> Fake::dead() const { return impl_->server.access()->dead(); }

std::vector<Fake::Row> Fake::execute(const std::string& sql) {
  return impl_->server.access()->database().execute(sql);
}

void Fake::fail_next(const Failure& failure, std::size_t count) {
  impl_->server.access()->fail_next(failure, count);
}

void Fake::break_next(Break when) { impl_->server.break_next(when); }
void Fake::pause() { impl_->server.access()->pause(); }
void Fake::resume() { impl_->server.access()->resume(); }
void Fake::unplug() { impl_->server.unplug(); }
void Fake::plug() { impl_->server.plug(); }
void Fake::advance(std::chrono::milliseconds time) { impl_->server.access()->advance(time); }

}  // namespace sqlbus
