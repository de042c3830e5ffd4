#include "broker/exchange/types/recent_history.hpp"

#include <string>

#include "amqp/wire/erlang_text.hpp"

namespace warren::broker {
namespace {

constexpr std::string_view kLengthArgument = "x-recent-history-length";
constexpr std::string_view kNoStoreHeader = "x-recent-history-no-store";
constexpr std::uint64_t kLengthDefault = 20;

bool storable(const RoutingInput& input) {
  const amqp::Value* header = input.headers().find(kNoStoreHeader);
  const bool* no_store = header == nullptr ? nullptr : header->get<bool>();
  return no_store == nullptr || !*no_store;
}

class RecentHistoryExchange final : public ExchangeType {
 public:
  explicit RecentHistoryExchange(std::uint64_t length) : ExchangeType(RouteDependence::message, length) {}

  void add(Binding& binding) override { bindings_.push_back(binding); }
  void remove(Binding& binding) override { bindings_.erase(binding); }
  void route(const RoutingInput& input, RouteSink& sink) const override {
    for (const Binding& binding : bindings_) sink.add(binding);
    if (storable(input)) sink.remember();
  }

 private:
  List<Binding, &Binding::at_type> bindings_;
};

std::string print_length(const amqp::Value& value) {
  const std::string* text = value.text();
  return text == nullptr ? amqp::print(value) : amqp::erlang_binary(*text);
}

std::optional<std::string> check_history_arguments(const amqp::Table& arguments) {
  const amqp::Value* length = arguments.find(kLengthArgument);
  if (length == nullptr || amqp::as_integer(*length).value_or(0) > 0) return {};
  return "Invalid argument " + print_length(*length) + ", '" + std::string(kLengthArgument) +
         "' must be a positive integer";
}

std::unique_ptr<ExchangeType> make_recent_history(const amqp::Table& arguments) {
  const amqp::Value* length = arguments.find(kLengthArgument);
  return std::make_unique<RecentHistoryExchange>(
      length == nullptr ? kLengthDefault : static_cast<std::uint64_t>(*amqp::as_integer(*length)));
}

}  // namespace

const ExchangeTypeInfo kRecentHistoryExchange{"x-recent-history", check_history_arguments, accept_any_binding,
                                              make_recent_history};

}  // namespace warren::broker
