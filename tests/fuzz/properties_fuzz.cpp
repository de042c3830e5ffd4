// Properties from any bytes: the scan without memory agrees with decoding, and what decodes is written back the same.
#include <cstdint>
#include <optional>
#include <string>

#include "amqp/properties.hpp"
#include "base/check.hpp"

using namespace warren;
using namespace warren::amqp;

namespace {

void check_text(const PropertiesView& view, Property property, std::string_view seen,
                const std::optional<std::string>& owned) {
  WARREN_CHECK(view.has(property) == owned.has_value(), "view and owner hold the same properties");
  WARREN_CHECK(seen == owned.value_or(""), "view and owner hold the same text");
}

void check_same(const PropertiesView& view, const Properties& owned) {
  check_text(view, Property::content_type, view.content_type, owned.content_type);
  check_text(view, Property::content_encoding, view.content_encoding, owned.content_encoding);
  check_text(view, Property::correlation_id, view.correlation_id, owned.correlation_id);
  check_text(view, Property::reply_to, view.reply_to, owned.reply_to);
  check_text(view, Property::expiration, view.expiration, owned.expiration);
  check_text(view, Property::message_id, view.message_id, owned.message_id);
  check_text(view, Property::type, view.type, owned.type);
  check_text(view, Property::user_id, view.user_id, owned.user_id);
  check_text(view, Property::app_id, view.app_id, owned.app_id);
  check_text(view, Property::cluster_id, view.cluster_id, owned.cluster_id);
  WARREN_CHECK(view.delivery_mode == owned.delivery_mode.value_or(0), "view and owner hold the same delivery mode");
  WARREN_CHECK(view.priority == owned.priority.value_or(0), "view and owner hold the same priority");
  WARREN_CHECK(view.timestamp == owned.timestamp.value_or(0), "view and owner hold the same timestamp");
  WARREN_CHECK(view.has(Property::headers) == owned.has_headers, "view and owner agree about headers");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  PropertiesView view;
  const auto owned = decode_properties(raw);
  WARREN_CHECK(scan_properties(raw, view) == owned.ok(), "the scan agrees with decoding");
  PropertiesView general;
  WARREN_CHECK(scan_all_properties(raw, general) == owned.ok(), "the short way agrees with the general one");
  if (!owned.ok()) return 0;
  check_same(view, *owned);
  check_same(general, *owned);
  ByteBuffer out;
  encode_properties(*owned, out);
  WARREN_CHECK(out.size() == raw.size(), "no property changes its length");
  WARREN_CHECK(load_big<std::uint16_t>(out.data()) == view.flags, "reserved bits are dropped and nothing else");
  PropertiesView again;
  WARREN_CHECK(scan_properties(out.view(), again), "what is written decodes");
  check_same(again, *owned);
  return 0;
}
