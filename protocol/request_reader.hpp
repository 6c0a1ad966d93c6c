// Builds a Request from the events of its envelope.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/json_reader.hpp"
#include "protocol/member_names.hpp"
#include "protocol/request.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/request_members.hpp"
#include "protocol/request_places.hpp"

namespace sqlbus {

// A container that is being read and means something.
struct RequestFrame {
  RequestPlace place;
  MemberNames names;        // objects
  std::size_t at = 0;       // objects: the current member; arrays: the current element, from 1
  std::uint32_t valid = 0;  // objects: a bit for each known member that was taken
};

// What a reader needs while it reads, to be used again by the next one.
struct RequestScratch {
  std::vector<RequestFrame> frames;
};

// Goes on behind a fault to the end of the envelope, because the member that says where the
// answer goes may stand there; statements are neither looked at nor kept from then on.
class RequestReader final : public JsonVisitor {
 public:
  struct Storage {
    std::pmr::memory_resource& memory;  // for the request's lists
    bool keeps_text;                    // the text that is read outlives the request
  };

  RequestReader(RequestScratch& scratch, const Storage& storage);

  bool on_scalar(const JsonScalar& scalar) override;
  bool on_name(std::string_view name) override;
  bool on_open(JsonContainer container) override;
  bool on_close(JsonContainer container) override;

  // Only the first fault is kept. One told from outside, before, counts like one that was read.
  void fail(std::string_view fault);

  // After the end: whether there was an object, the fault (which names the member; empty where
  // the request is valid), the request, or what of it is there once and valid.
  bool is_object() const { return is_object_; }
  const std::string& fault() const { return fault_; }
  Request take_request() && { return std::move(request_); }
  Refusal take_facts() &&;

 private:
  using Place = RequestPlace;
  using Frame = RequestFrame;

  bool refuse_root();
  bool is_valid(RequestMember member) const;
  bool is_moot(const Frame& frame) const;
  bool is_ignored(const Frame& frame, JsonContainer container) const;
  void enter(Place place);
  void leave(Frame& frame);
  void finish_request(const Frame& frame);

  void next_element(Frame& frame);
  bool take_scalar(Frame& frame, const JsonScalar& scalar);
  bool take_request_member(Frame& frame, const JsonScalar& scalar);
  bool take_sql(const JsonScalar& scalar);
  bool take_bytes(Frame& frame, const JsonScalar& scalar);
  Params& params();
  void add_statement();
  Statement& statement();

  std::string path(std::size_t frames) const;
  void fail_here(std::string_view rule);
  void fail_container(std::string_view rule);
  void fail_statement();
  void fail_member(std::string_view name, std::string_view rule);

  Request request_;
  Params params_;  // of the request: PARAMS may stand before STATEMENT
  std::size_t param_count_ = 0;
  std::string fault_;
  std::vector<Frame>& frames_;
  std::size_t skipped_depth_ = 0;  // containers that are passed over
  std::uint32_t valid_ = 0;        // of the request's members, at its end
  bool is_object_ = false;
  bool keeps_text_;
};

}  // namespace sqlbus
