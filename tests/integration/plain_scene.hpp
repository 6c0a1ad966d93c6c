// A Scene for tests that see nothing of the sources but what is installed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace sqlbus::test {

class Scene;

// A Redis, and a bus on SQLite.
class PlainScene {
 public:
  PlainScene();
  ~PlainScene();
  PlainScene(const PlainScene&) = delete;
  PlainScene& operator=(const PlainScene&) = delete;

  std::string url() const;
  void kill_redis();
  void restart_redis();
  void pause_redis();
  void resume_redis();
  void push(const std::string& list, const std::string& element);
  // The elements of the queue, the one that the bus takes first in front.
  std::string queued(std::size_t index);
  std::size_t queue_length();
  void empty_queue();
  void end_bus();
  void kill_bus();
  void restart_bus();
  [[nodiscard]] bool is_drained();
  std::size_t dead_count();

 private:
  std::unique_ptr<Scene> scene_;
};

}  // namespace sqlbus::test
