#include "daemon/redis/reply.hpp"

#include <hiredis/hiredis.h>

namespace sqlbus {

bool ReplyView::is_nil() const { return reply_ == nullptr || reply_->type == REDIS_REPLY_NIL; }

bool ReplyView::is_error() const { return reply_ != nullptr && reply_->type == REDIS_REPLY_ERROR; }

bool ReplyView::is_text() const {
  return reply_ != nullptr &&
         (reply_->type == REDIS_REPLY_STRING || reply_->type == REDIS_REPLY_STATUS);
}

bool ReplyView::is_array() const { return reply_ != nullptr && reply_->type == REDIS_REPLY_ARRAY; }

std::int64_t ReplyView::integer() const {
  return reply_ != nullptr && reply_->type == REDIS_REPLY_INTEGER ? reply_->integer : 0;
}

std::string_view ReplyView::text() const {
  if (!is_text() && !is_error()) return {};
  return {reply_->str, static_cast<std::size_t>(reply_->len)};
}

std::size_t ReplyView::size() const { return is_array() ? reply_->elements : 0; }

ReplyView ReplyView::operator[](std::size_t index) const {
  return ReplyView(index < size() ? reply_->element[index] : nullptr);
}

void Reply::Deleter::operator()(redisReply* reply) const { freeReplyObject(reply); }

}  // namespace sqlbus
