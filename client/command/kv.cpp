#include "client/command/kv.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "client/bus_client.hpp"
#include "client/command/bus_address.hpp"
#include "client/command/complain.hpp"
#include "client/kv/kv_requests.hpp"
#include "client/kv/kv_store.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus {
namespace {

using Verb = KvOptions::Verb;

class KvCommand {
 public:
  KvCommand(const CommandOptions& options, BusClient bus)
      : options_(options), kv_(options.kv), bus_(std::move(bus)) {}

  ExitCode run() {
    switch (kv_.verb) {
      case Verb::kInit:
        return end(store_.create());
      case Verb::kSet:
        return with_path([&](const kv::Path& path) { return set(path); });
      case Verb::kGet:
        return with_path([&](const kv::Path& path) { return get(path); });
      case Verb::kDelete:
        return with_path([&](const kv::Path& path) { return remove(path); });
      case Verb::kTtl:
        return with_path([&](const kv::Path& path) { return ttl(path); });
      case Verb::kList:
        return list();
    }
    return ExitCode::kUsage;
  }

 private:
  // What the way to the bus said counts more than that something went wrong.
  ExitCode fail(const Error& error) const { return complain(error.message, failure_); }
  ExitCode end(const Status& done) const { return done ? ExitCode::kOk : fail(done.error()); }
  ExitCode no_such_value() const { return complain("there is no " + kv_.path, ExitCode::kRefused); }

  template <typename Work>
  ExitCode with_path(Work work) const {
    const auto path = kv::Path::parse(kv_.path);
    return path ? work(*path) : complain(path.error().message, ExitCode::kUsage);
  }

  kv::Way way() {
    return {.ask = [this](Request& request) { return ask(request); },
            .now =
                [this] {
                  auto now = bus_.now();
                  if (!now) failure_ = ExitCode::kUnreachable;
                  return now;
                }};
  }

  Result<Response> ask(Request& request) {
    const auto now = bus_.now();
    if (!now) return lose(now.error(), ExitCode::kUnreachable);
    request.uuid = make_uuid_v7();
    request.rchannel = request.uuid;
    request.app = options_.app;
    request.pid = getpid();
    request.timestamp =
        std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    request.database = options_.database;
    request.deadline = *now + options_.timeout;
    auto answer = bus_.ask(request, options_.timeout + BusClient::kVerdictTime);
    if (!answer) return lose(answer.error(), ExitCode::kUnreachable);
    if (!*answer) return lose({"no answer within --timeout"}, ExitCode::kTimeout);
    return std::move((*answer)->response);
  }

  Error lose(const Error& error, ExitCode code) {
    failure_ = code;
    return error;
  }

  Result<std::string> value() const {
    if (kv_.value && !kv_.file.empty()) return Error{"VALUE or --file, not both"};
    if (kv_.value && *kv_.value != "-") return *kv_.value;
    std::ifstream file;
    if (!kv_.file.empty()) file.open(kv_.file, std::ios::binary);
    std::istream& in = kv_.file.empty() ? std::cin : file;
    if (!in) return Error{kv_.file + ": cannot be read"};
    // One byte more than is allowed tells that there are too many.
    std::string bytes(kv::kValueBytesMax + 1, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (in.bad()) return Error{kv_.file + ": cannot be read"};
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
  }

  ExitCode set(const kv::Path& path) {
    const auto bytes = value();
    if (!bytes) return complain(bytes.error().message, ExitCode::kUsage);
    return end(store_.set(path, *bytes, kv_.lifetime));
  }

  ExitCode get(const kv::Path& path) {
    const auto found = store_.get(path);
    if (!found) return fail(found.error());
    if (!*found) return no_such_value();
    if (!kv_.file.empty()) {
      std::ofstream file(kv_.file, std::ios::binary | std::ios::trunc);
      file << **found;
      file.close();
      return file ? ExitCode::kOk : complain(kv_.file + ": cannot be written", ExitCode::kUsage);
    }
    std::cout << **found;
    if (isatty(STDOUT_FILENO) != 0) std::cout << "\n";
    std::cout.flush();
    return std::cout ? ExitCode::kOk : complain("cannot be written", ExitCode::kUsage);
  }

  ExitCode remove(const kv::Path& path) {
    const auto count = store_.remove(path, kv_.recursive);
    if (!count) return fail(count.error());
    if (*count == 0) return no_such_value();
    std::cout << *count << (*count == 1 ? " value" : " values") << " deleted\n";
    return ExitCode::kOk;
  }

  // "4.2 s left", "does not expire"; or a new end.
  ExitCode ttl(const kv::Path& path) {
    if (kv_.sets_lifetime) {
      const auto is_there = store_.expire(path, kv_.lifetime);
      if (!is_there) return fail(is_there.error());
      return *is_there ? ExitCode::kOk : no_such_value();
    }
    const auto found = store_.expiry(path);
    if (!found) return fail(found.error());
    if (!*found) return no_such_value();
    if (!(*found)->left) {
      std::cout << "does not expire\n";
      return ExitCode::kOk;
    }
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.3f s left\n",
                  static_cast<double>((*found)->left->count()) / 1e6);
    std::cout << text.data();
    return ExitCode::kOk;
  }

  ExitCode list() {
    std::optional<kv::Path> folder;
    auto text = kv_.path;
    if (text.ends_with('/')) text.pop_back();
    if (!text.empty()) {
      const auto path = kv::Path::parse(text);
      if (!path) return complain(path.error().message, ExitCode::kUsage);
      folder = *path;
    }
    const auto listing = store_.list(folder, kv_.recursive);
    if (!listing) return fail(listing.error());
    if (options_.json) {
      print_json(*listing);
    } else {
      for (const auto& name : listing->names) std::cout << name << "\n";
      if (listing->has_more) std::cerr << "sqlbus: there are more\n";
    }
    return ExitCode::kOk;
  }

  static void print_json(const kv::Listing& listing) {
    std::string out;
    JsonWriter json(out);
    json.open(JsonContainer::kObject).name("names").open(JsonContainer::kArray);
    for (const auto& name : listing.names) json.string(name);
    json.close(JsonContainer::kArray).name("has_more").boolean(listing.has_more);
    json.close(JsonContainer::kObject);
    std::cout << out << "\n";
  }

  const CommandOptions& options_;
  const KvOptions& kv_;
  BusClient bus_;
  kv::Store store_{way()};
  ExitCode failure_ = ExitCode::kRefused;
};

}  // namespace

ExitCode run_kv(const CommandOptions& options) {
  const auto address = find_bus(options);
  if (!address) {
    std::cerr << "sqlbus: " << address.error().message << "\n";
    return ExitCode::kUsage;
  }
  auto bus = BusClient::connect(address->redis, address->queue, address->connect_timeout);
  if (!bus) {
    std::cerr << "sqlbus: " << bus.error().message << "\n";
    return ExitCode::kUnreachable;
  }
  return KvCommand(options, *std::move(bus)).run();
}

}  // namespace sqlbus
