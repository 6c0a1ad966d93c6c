// The bus as somebody at a prompt uses it: one request after the other.
#pragma once

#include <optional>
#include <string>

#include "client/bus_client.hpp"
#include "client/command/bus_address.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

class BusSession {
 public:
  struct Answer {
    enum class Kind : std::uint8_t { kAnswered, kUnreachable, kTimeout, kGivenUp };

    Kind kind = Kind::kAnswered;
    BusClient::Answer answer{};  // where there is one
    std::string message{};       // why there is none
    std::chrono::duration<double, std::milli> waited{0};
  };

  // Borrows the options, of which the database may change. `can_give_up`: SIGINT while an answer is
  // awaited ends the waiting, and not the process.
  BusSession(const CommandOptions& options, BusAddress address, bool can_give_up)
      : options_(options), address_(std::move(address)), can_give_up_(can_give_up) {}

  Answer ask(std::string sql) { return ask(std::move(sql), options_.timeout); }
  Answer ask(std::string sql, std::chrono::milliseconds timeout);

  // Of the database that answered last; empty before.
  const std::string& dbtype() const { return dbtype_; }
  const BusAddress& address() const { return address_; }

 private:
  std::optional<Error> connect();
  Answer await(const Request& request, std::chrono::milliseconds timeout);

  const CommandOptions& options_;
  BusAddress address_;
  const bool can_give_up_;
  std::optional<BusClient> bus_;
  std::string dbtype_;
};

}  // namespace sqlbus
