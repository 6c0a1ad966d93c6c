// What the daemon tells over HTTP: /metrics, /healthz, /readyz and /status, where [http] listen is
// set. Loop thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/http/http_server.hpp"
#include "daemon/status/queue_survey.hpp"
#include "daemon/status/sources.hpp"
#include "daemon/status/status_report.hpp"

namespace sqlbus {

class StatusService {
 public:
  // `control`: the connection that Redis is asked on what its lists hold.
  StatusService(EventLoop& loop, StatusSources sources, StatusReport& report, RedisLink& control,
                Log& log);

  // Listens where the settings say, or not at all; again after a reload. That it cannot be had is
  // no reason for the bus not to run.
  void listen();
  // What the bus does, in a line; Redis is asked unless there is nothing to do.
  void summarize(std::function<void(const std::string&)> on_known);

 private:
  void respond(std::string_view path, const HttpServer::Respond& respond);
  HttpAnswer health_answer() const;
  HttpAnswer readiness_answer() const;

  EventLoop& loop_;
  StatusSources sources_;
  StatusReport& report_;
  Log& log_;
  QueueSurvey survey_;
  std::string listening_;  // as in the settings
  std::unique_ptr<HttpServer> server_;
};

}  // namespace sqlbus
