#include "tests/integration/plain_scene.hpp"

#include "tests/integration/scene.hpp"

namespace sqlbus::test {

PlainScene::PlainScene() : scene_(std::make_unique<Scene>(Store::kSqlite)) {}
PlainScene::~PlainScene() = default;

std::string PlainScene::url() const { return "unix://" + scene_->redis().socket(); }
void PlainScene::kill_redis() { scene_->redis().kill9(); }
void PlainScene::restart_redis() { scene_->redis().restart(); }
void PlainScene::pause_redis() { scene_->redis().pause(); }
void PlainScene::resume_redis() { scene_->redis().resume(); }

void PlainScene::push(const std::string& list, const std::string& element) {
  REQUIRE_FALSE(scene_->redis().command({"LPUSH", list, element}).is_error());
}

std::string PlainScene::queued(std::size_t index) {
  const std::string place = "-" + std::to_string(index + 1);
  return scene_->redis().command({"LINDEX", kQueue, place}).text;
}

std::size_t PlainScene::queue_length() {
  return static_cast<std::size_t>(scene_->redis().command({"LLEN", kQueue}).integer);
}

void PlainScene::empty_queue() { scene_->redis().command({"DEL", kQueue}); }
void PlainScene::end_bus() { scene_->bus().terminate(); }
void PlainScene::kill_bus() { scene_->bus().kill9(); }

void PlainScene::restart_bus() {
  scene_->bus().restart();
  REQUIRE(scene_->bus().wait_ready());
}

bool PlainScene::is_drained() { return scene_->is_drained(); }
std::size_t PlainScene::dead_count() { return scene_->dead_count(); }

}  // namespace sqlbus::test
