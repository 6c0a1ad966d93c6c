#include "daemon/status/status_service.hpp"

#include <utility>

#include "daemon/status/metrics_page.hpp"
#include "protocol/json_writer.hpp"

namespace sqlbus {
namespace {

constexpr unsigned kOk = 200;
constexpr unsigned kNotFound = 404;
constexpr unsigned kUnavailable = 503;
constexpr const char* kJson = "application/json";
constexpr const char* kMetricsText = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

StatusService::StatusService(EventLoop& loop, StatusSources sources, StatusReport& report,
                             RedisLink& control, Log& log)
    : loop_(loop),
      sources_(std::move(sources)),
      report_(report),
      log_(log),
      survey_(loop, control, sources_.settings, sources_.intake) {}

// The old one goes first: the new one may want the same port of another address.
void StatusService::listen() {
  const auto& wanted = sources_.settings.http.listen;
  if (wanted == listening_ && (server_ || wanted.empty())) return;
  listening_ = wanted;
  server_.reset();
  if (wanted.empty()) return;
  const auto address = parse_listen_address(wanted);  // looked at when the settings were read
  auto server =
      address ? HttpServer::listen(loop_, *address,
                                   [this](std::string_view path, HttpServer::Respond respond_to) {
                                     respond(path, respond_to);
                                   })
              : address.error();
  if (!server) {
    return log_.warning("no http: the bus runs without",
                        {{"listen", wanted}, {"reason", server.error().message}});
  }
  server_ = *std::move(server);
  log_.info("http listens", {{"listen", wanted}});
}

void StatusService::summarize(std::function<void(const std::string&)> on_known) {
  const auto tell = [this, on_known = std::move(on_known)] {
    on_known(report_.summary(sources_, survey_));
  };
  if (sources_.health().state == Health::State::kIdle) return tell();
  survey_.ask(tell);
}

void StatusService::respond(std::string_view path, const HttpServer::Respond& respond) {
  if (path == "/healthz") return respond(health_answer());
  if (path == "/readyz") return respond(readiness_answer());
  if (path == "/metrics") {
    return survey_.ask([this, respond] {
      respond({.content_type = kMetricsText, .body = metrics_page(sources_, survey_)});
    });
  }
  if (path == "/status") {
    return survey_.ask([this, respond] {
      respond({.content_type = kJson, .body = report_.page(sources_, survey_) + "\n"});
    });
  }
  respond({.status = kNotFound, .body = "/metrics, /healthz, /readyz, /status\n"});
}

HttpAnswer StatusService::health_answer() const {
  const auto health = sources_.health();
  HttpAnswer answer{.status = health.is_well() ? kOk : kUnavailable, .content_type = kJson};
  JsonWriter(answer.body)
      .open(JsonContainer::kObject)
      .name("healthy")
      .boolean(health.is_well())
      .name("state")
      .string(to_string(health.state))
      .name("since_s")
      .number(seconds_since(health.since))
      .name("detail")
      .string(health.detail)
      .close(JsonContainer::kObject);
  answer.body += '\n';
  return answer;
}

HttpAnswer StatusService::readiness_answer() const {
  const auto readiness = sources_.readiness();
  HttpAnswer answer{.status = readiness.is_ready ? kOk : kUnavailable, .content_type = kJson};
  JsonWriter json(answer.body);
  json.open(JsonContainer::kObject).name("ready").boolean(readiness.is_ready).name("away");
  json.open(JsonContainer::kArray);
  for (const auto& each : readiness.away) json.string(each);
  json.close(JsonContainer::kArray).close(JsonContainer::kObject);
  answer.body += '\n';
  return answer;
}

}  // namespace sqlbus
