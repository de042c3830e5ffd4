// Tables from any bytes: validating agrees with decoding, and what decodes is written back the same.
#include <algorithm>
#include <cstdint>
#include <string>

#include "amqp/table.hpp"
#include "base/check.hpp"

using namespace warren;
using namespace warren::amqp;

namespace {

std::string written(const Table& table) {
  ByteBuffer out;
  encode_table(table, out);
  WARREN_CHECK(out.size() == encoded_size(table), "a table is as long as was said");
  return std::string(out.view().substr(sizeof(std::uint32_t)));
}

void check_order(Table table) {
  const Table before = table;
  table.sort_and_dedupe();
  const auto not_below = [](const auto& a, const auto& b) { return a.first >= b.first; };
  WARREN_CHECK(std::adjacent_find(table.entries.begin(), table.entries.end(), not_below) == table.entries.end(),
               "names are ordered and occur once");
  for (const auto& [name, value] : table.entries)
    WARREN_CHECK(value == *before.find(name), "the first value of a name is kept");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto table = decode_table(body);
  WARREN_CHECK(validate_table(body) == table.ok(), "validating agrees with decoding");
  if (!table.ok()) return 0;
  WARREN_CHECK(encodable(*table), "what came over the wire can go over it");
  const std::string again = written(*table);
  WARREN_CHECK(again.size() == body.size(), "no value changes its length");
  const auto back = decode_table(again);
  WARREN_CHECK(back.ok() && *back == *table, "what is written decodes to the same");
  WARREN_CHECK(written(*back) == again, "what is written is written the same again");
  WARREN_CHECK(equivalent(*table, *back), "a table is equivalent to itself");
  WARREN_CHECK(!print(*table).empty(), "a table can be printed");
  check_order(*table);
  return 0;
}
