// Who may use the door over HTTP.
#pragma once

#include <cstdint>

#include "broker/catalog/catalog.hpp"
#include "broker/session/context.hpp"
#include "manage/http/http_words.hpp"

namespace warren::server {

enum class Admission : std::uint8_t {
  admitted,
  unknown,            // wrong name or password, or not from here
  not_administrator,  // known, and without the tag
};

// `loopback`: the caller's address is one.
Admission admission(const manage::Credentials& caller, bool loopback, const broker::Catalog& catalog,
                    const broker::session::SessionSettings& settings);

}  // namespace warren::server
