#include "broker/exchange/exchange_type.hpp"

#include <utility>

namespace warren::broker {

const amqp::Table& RoutingInput::headers() const {
  if (headers_) return *headers_;
  headers_.emplace();
  if (properties_ == nullptr || !properties_->has(amqp::Property::headers)) return *headers_;
  // The session has checked the properties; a table that cannot be read is as good as none.
  if (auto decoded = amqp::decode_table(properties_->headers)) headers_ = std::move(*decoded);
  return *headers_;
}

std::optional<std::string> accept_any_arguments(const amqp::Table&) { return {}; }
std::optional<std::string> accept_any_binding(std::string_view, const amqp::Table&, DestinationKind) { return {}; }

}  // namespace warren::broker
