// A node as the tool sees it. Tests put a node of their own behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "manage/operations/words/request.hpp"

namespace warren::ctl {

struct Trouble {
  enum class Kind : std::uint8_t {
    unreachable,  // the request was not sent; `why` is the block of diagnostics
    timed_out,
    broken,  // the connection ended before the answer came
  };
  Kind kind = Kind::unreachable;
  std::string why;
};

class NodeDoor {
 public:
  virtual ~NodeDoor() = default;

  virtual const std::string& name() const = 0;
  // Negative: waits for ever.
  virtual Result<manage::Answer, Trouble> ask(const manage::Request& request, std::int64_t timeout_ms) = 0;
  // The process of the node; nothing: it cannot be told.
  virtual std::optional<std::int64_t> pid() = 0;
  virtual std::optional<std::int64_t> pid_in(const std::string& file) = 0;
  virtual bool lives(std::int64_t process) = 0;
  virtual std::int64_t now_ms() = 0;
  virtual void pause_ms(std::int64_t time_ms) = 0;
};

}  // namespace warren::ctl
