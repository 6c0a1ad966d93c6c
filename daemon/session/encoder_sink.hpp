// Rows go straight into the response as it will be written.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "daemon/session/session.hpp"

namespace sqlbus {

class EncoderSink final : public RowSink {
 public:
  // Where rows go from now on; the ones before are dropped.
  void open(ResultEncoder& encoder) {
    encoder_ = &encoder;
    has_enough_ = false;
    encoder.clear();
  }
  void columns(std::vector<Column> columns) override { encoder_->begin(std::move(columns)); }
  ResultEncoder::Verdict row(std::span<const Cell> cells) override {
    const auto verdict = encoder_->add_row(cells);
    has_enough_ = verdict != ResultEncoder::Verdict::kMore;
    return verdict;
  }
  std::size_t rows_max() const override { return encoder_->rows_max(); }
  // No further row is wanted.
  bool has_enough() const { return has_enough_; }

 private:
  ResultEncoder* encoder_ = nullptr;
  bool has_enough_ = false;
};

}  // namespace sqlbus
