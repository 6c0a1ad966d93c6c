#include "tests/support/private_bus.hpp"

#include <utility>

#include "tests/support/eventually.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {

std::string bus_config(const BusConfig& config) {
  return "[default]\ndatabase = main\n\n[redis]\nunix_socket = " + config.redis_socket +
         "\nqueue = " + config.queue + "\n" + config.redis_lines + "\n[limits]\n" + config.limits +
         "\n[main]\n" + config.database + "\n" + config.other_sections;
}

std::string sqlite_section(const std::filesystem::path& file) {
  return "driver = sqlite\ndatabase = " + file.string() + "\n";
}

PrivateBus::PrivateBus(const std::string& config, std::vector<std::string> arguments,
                       std::vector<std::string> environment)
    : arguments_(std::move(arguments)), environment_(std::move(environment)) {
  write_text_file(config_file(), config);
  start();
}

void PrivateBus::start() {
  std::filesystem::remove(dir_ / "sqlbusd.log");
  ChildProcess::Options child;
  child.argv = {SQLBUS_BUILD_DIR "/sqlbusd", "--config", config_file()};
  child.argv.insert(child.argv.end(), arguments_.begin(), arguments_.end());
  child.environment = environment_;
  child.output = dir_ / "sqlbusd.log";
  daemon_.emplace(child);
}

bool PrivateBus::wait_ready(std::chrono::milliseconds limit) {
  const auto says_ready = [this] {
    const std::string text = log();
    return text.find("msg=\"ready\"") != std::string::npos ||
           text.find("msg=ready") != std::string::npos ||
           text.find("\"msg\":\"ready\"") != std::string::npos;
  };
  return eventually([&] { return says_ready() || !daemon_->is_running(); }, limit) && says_ready();
}

std::string PrivateBus::log() const { return read_text_file(dir_ / "sqlbusd.log"); }

std::optional<ExitStatus> PrivateBus::terminate(std::chrono::milliseconds limit) {
  daemon_->kill(SIGTERM);
  return daemon_->wait(limit);
}

void PrivateBus::restart() {
  daemon_.reset();
  start();
}

void PrivateBus::restart(const std::string& config) {
  daemon_.reset();
  write_text_file(config_file(), config);
  start();
}

}  // namespace sqlbus::test
