#include "broker/exchange/types/spread/consistent_hash.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "amqp/wire/erlang_text.hpp"
#include "broker/catalog/hash.hpp"

namespace warren::broker {
namespace {

constexpr std::string_view kHashHeader = "hash-header";
constexpr std::string_view kHashProperty = "hash-property";
constexpr std::int64_t kWeightMax = 10000;

struct HashProperty {
  std::string_view name;
  amqp::Property property;
};
constexpr std::array<HashProperty, 3> kHashProperties{{{"correlation_id", amqp::Property::correlation_id},
                                                       {"message_id", amqp::Property::message_id},
                                                       {"timestamp", amqp::Property::timestamp}}};

const HashProperty* find_property(std::string_view name) {
  const auto* found = std::ranges::find(kHashProperties, name, &HashProperty::name);
  return found == kHashProperties.end() ? nullptr : found;
}

// The number in the key, with a sign if it likes; none when it is not a number. What is too long for 64 bits is merely
// large.
std::optional<std::int64_t> parse_weight(std::string_view key) {
  if (key.starts_with('+')) {
    key.remove_prefix(1);
    if (key.starts_with('-')) return {};
  }
  std::int64_t weight = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), weight);
  if (end != key.data() + key.size() || error == std::errc::invalid_argument) return {};
  if (error == std::errc::result_out_of_range) return key.starts_with('-') ? 0 : kWeightMax + 1;
  return weight;
}

// Lamping and Veach, "A fast, minimal memory, consistent hash algorithm" (2014). Requires: buckets > 0.
std::uint64_t jump_hash(std::uint64_t key, std::uint64_t buckets) {
  constexpr std::uint64_t kMultiplier = 2862933555777941757ull;
  constexpr double kRange = 2147483648.0;  // 2^31, of which the upper 31 bits of the key are a part
  constexpr int kDroppedBits = 33;
  std::uint64_t bucket = 0;
  for (double next = 0; next < static_cast<double>(buckets);) {
    bucket = static_cast<std::uint64_t>(next);
    key = key * kMultiplier + 1;
    next = static_cast<double>(bucket + 1) * (kRange / static_cast<double>((key >> kDroppedBits) + 1));
  }
  return bucket;
}

// What decides: nothing set means the routing key.
struct HashSource {
  std::optional<std::string> header;
  const HashProperty* property = nullptr;
};

class ConsistentHashExchange final : public ExchangeType {
 public:
  explicit ConsistentHashExchange(HashSource source)
      : ExchangeType(!source.header && source.property == nullptr ? RouteDependence::key : RouteDependence::message),
        source_(std::move(source)) {}

  // A second binding of the same destination is kept by the catalog but weighs nothing here (amqp.md 4.7).
  void add(Binding& binding) override {
    if (find(binding) != shares_.end()) return;
    binding.type_note = static_cast<std::uint32_t>(*parse_weight(binding.definition.routing_key));
    shares_.push_back({&binding, bucket_count() + binding.type_note});
  }

  // Takes the destination out, whichever of its bindings this is.
  void remove(Binding& binding) override {
    auto share = find(binding);
    if (share == shares_.end()) return;
    const std::uint32_t weight = share->binding->type_note;
    for (share = shares_.erase(share); share != shares_.end(); ++share) share->end -= weight;
  }

  void route(const RoutingInput& input, RouteSink& sink) const override {
    if (shares_.empty()) return;
    const std::uint64_t bucket = jump_hash(hash_of(input), bucket_count());
    sink.add(*std::ranges::upper_bound(shares_, bucket, {}, &Share::end)->binding);
  }

 private:
  // A destination's run of buckets, behind that of the share before. Shares stand in the order of their binding.
  struct Share {
    const Binding* binding;
    std::uint64_t end;
  };

  std::vector<Share>::iterator find(const Binding& binding) {
    return std::ranges::find_if(shares_, [&](const Share& share) {
      return share.binding->queue == binding.queue && share.binding->exchange == binding.exchange;
    });
  }

  std::uint64_t bucket_count() const { return shares_.empty() ? 0 : shares_.back().end; }

  // What the message lacks hashes as the empty text: all such messages go one way.
  std::uint64_t hash_of(const RoutingInput& input) const {
    if (source_.property != nullptr) return hash_property(input.properties());
    if (!source_.header) return hash_text(input.keys().front());
    const amqp::Value* header = input.headers().find(*source_.header);
    return hash_text(header == nullptr ? std::string() : amqp::print(*header));
  }

  std::uint64_t hash_property(const amqp::PropertiesView* properties) const {
    if (properties == nullptr || !properties->has(source_.property->property)) return hash_text({});
    switch (source_.property->property) {
      case amqp::Property::correlation_id: return hash_text(properties->correlation_id);
      case amqp::Property::message_id: return hash_text(properties->message_id);
      default: return hash_number(properties->timestamp);
    }
  }

  HashSource source_;
  std::vector<Share> shares_;
};

std::optional<std::string> wrong_type(std::string_view argument, const amqp::Value* value) {
  if (value == nullptr || value->text() != nullptr) return {};
  return "invalid arg '" + std::string(argument) + "': \"expected longstr, got " +
         std::string(amqp::type_name(*value)) + "\"";
}

std::optional<std::string> check_hash_arguments(const amqp::Table& arguments) {
  const amqp::Value* header = arguments.find(kHashHeader);
  const amqp::Value* property = arguments.find(kHashProperty);
  if (auto text = wrong_type(kHashHeader, header)) return text;
  if (auto text = wrong_type(kHashProperty, property)) return text;
  if (header != nullptr && property != nullptr) return "hash-header and hash-property are mutually exclusive";
  if (property == nullptr || find_property(*property->text()) != nullptr) return {};
  return "Unsupported property: " + *property->text();
}

std::optional<std::string> check_hash_binding(std::string_view key, const amqp::Table&, DestinationKind) {
  const std::optional<std::int64_t> weight = parse_weight(key);
  if (!weight) return "The binding key must be an integer: " + amqp::erlang_binary(key);
  if (*weight < 1) return "The binding key must be greater than 0";
  if (*weight > kWeightMax) return "The binding key must not exceed " + std::to_string(kWeightMax);
  return {};
}

std::unique_ptr<ExchangeType> make_consistent_hash(const amqp::Table& arguments) {
  HashSource source;
  if (const amqp::Value* header = arguments.find(kHashHeader)) source.header = *header->text();
  if (const amqp::Value* property = arguments.find(kHashProperty)) source.property = find_property(*property->text());
  return std::make_unique<ConsistentHashExchange>(std::move(source));
}

}  // namespace

const ExchangeTypeInfo kConsistentHashExchange{"x-consistent-hash", check_hash_arguments, check_hash_binding,
                                               make_consistent_hash};

}  // namespace warren::broker
