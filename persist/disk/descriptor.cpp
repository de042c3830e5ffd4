#include "persist/disk/descriptor.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace warren::persist {

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Trouble system_trouble(std::string_view what, std::string_view path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return {full ? TroubleKind::full : TroubleKind::failed,
          fmt::format("cannot {} {}: {}", what, path, std::system_category().message(error))};
}

}  // namespace warren::persist
