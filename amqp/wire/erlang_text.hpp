// Bytes and numbers as Erlang prints them, because the error texts that clients know contain them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace warren::amqp {

// As ~p prints a binary: <<"abc">> when it is printable, else <<1,2>>.
std::string erlang_binary(std::string_view bytes);

// As ~w prints a binary: always <<97,98>>.
std::string erlang_octets(std::string_view bytes);

// As ~p prints a float: the shortest digits that read back the same, "1.0e3" for 1000.0.
std::string erlang_float(double number);

// "all octets = <<..>>", or beyond 16 "first 16 octets = <<..>>" (amqp.md 1.3).
std::string octets_text(std::string_view payload);

// The same of a payload of which only the start is at hand: at least 16 bytes of it, or all.
std::string octets_text(std::string_view start, std::size_t payload_bytes);

// The explanation for arguments that do not decode: "cannot decode <<0,0>>" (amqp.md 1.2). Cut off beyond what a reply
// text can hold. `arguments` is the payload behind class and method.
std::string cannot_decode_text(std::string_view arguments);

}  // namespace warren::amqp
