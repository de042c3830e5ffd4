// Output as buffers for one system call.
#pragma once

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <vector>

#include "broker/session/output.hpp"

namespace warren::server {

// Walks over an output while the socket takes it bit by bit. Requires: the output does not change meanwhile.
class Gather {
 public:
  explicit Gather(const broker::session::Output& output) : output_(output) {}

  // The next buffers, at most as many as one call takes. Empty: everything was taken.
  const std::vector<boost::asio::const_buffer>& next();

  // The socket took that many bytes of what next() gave.
  void advance(std::size_t bytes) { taken_ += bytes; }

 private:
  void add(const char* data, std::size_t bytes);

  const broker::session::Output& output_;
  std::size_t taken_ = 0;  // bytes, in all
  std::size_t skip_ = 0;   // while walking: bytes that were taken before
  std::vector<boost::asio::const_buffer> buffers_;
};

}  // namespace warren::server
