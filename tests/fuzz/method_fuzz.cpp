// Methods from any payload: what decodes is written back, decodes again and is then written the same.
#include <cstdint>

#include "amqp/codec.hpp"
#include "base/check.hpp"

using namespace warren;
using namespace warren::amqp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  Method method;
  const DecodeStatus status = decode_method(payload, method);
  if (status == DecodeStatus::unknown_method) return 0;
  if (status != DecodeStatus::ok) {
    if (size >= kMethodHeadBytes)
      WARREN_CHECK(method_id(method) == method_id(payload), "the kind of a method is known");
    return 0;
  }
  ByteBuffer once;
  encode(method, once);
  WARREN_CHECK(once.size() == payload.size(), "no field changes its length");
  Method back;
  WARREN_CHECK(decode_method(once.view(), back) == DecodeStatus::ok, "what is written decodes");
  ByteBuffer twice;
  encode(back, twice);
  WARREN_CHECK(once.view() == twice.view(), "what is written is written the same again");
  WARREN_CHECK(print(method) == print(back), "what is written means the same");
  WARREN_CHECK(print(method).starts_with(method_name(method)), "a method prints its name");
  return 0;
}
