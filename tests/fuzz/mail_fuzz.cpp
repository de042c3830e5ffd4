// Mail of another node from any bytes: what is read is written back, is read again, and is then written the same.
#include <cstdint>
#include <string>

#include "base/check.hpp"
#include "node/wire/mail.hpp"

using namespace warren;
using namespace warren::node;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  MailBatch batch;
  if (!decode({reinterpret_cast<const char*>(data), size}, batch)) return 0;
  std::string once;
  encode(batch, once);
  MailBatch back;
  WARREN_CHECK(decode(once, back), "what is written is read");
  std::string twice;
  encode(back, twice);
  WARREN_CHECK(once == twice, "what is written is written the same again");
  WARREN_CHECK(batch.queue_mail.size() == back.queue_mail.size(), "no mail is lost");
  WARREN_CHECK(batch.session_mail.size() == back.session_mail.size(), "no mail is lost");
  WARREN_CHECK(batch.letters.size() == back.letters.size(), "no letter is lost");
  return 0;
}
