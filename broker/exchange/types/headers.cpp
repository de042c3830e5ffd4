#include "broker/exchange/types/headers.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "amqp/wire/erlang_text.hpp"

namespace warren::broker {
namespace {

constexpr std::string_view kMatchArgument = "x-match";
constexpr std::string_view kExtensionPrefix = "x-";
constexpr std::uint64_t kMsPerSecond = 1000;

// What x-match says. Kept in Binding::type_note.
enum MatchFlags : std::uint32_t {
  kAll = 0,
  kAny = 1,    // one argument is enough
  kWithX = 2,  // arguments that begin with x- count too
};

struct Mode {
  std::string_view name;
  std::uint32_t flags;
};
constexpr std::array<Mode, 4> kModes{
    {{"all", kAll}, {"any", kAny}, {"all-with-x", kAll | kWithX}, {"any-with-x", kAny | kWithX}}};

const Mode* find_mode(std::string_view name) {
  const auto* found = std::ranges::find(kModes, name, &Mode::name);
  return found == kModes.end() ? nullptr : found;
}

// A header that occurs twice counts with its last value.
const amqp::Value* find_header(const amqp::Table& headers, std::string_view name) {
  for (auto entry = headers.entries.rbegin(); entry != headers.entries.rend(); ++entry)
    if (entry->first == name) return &entry->second;
  return nullptr;
}

const std::string* bytes_of(const amqp::Value& value) {
  if (const auto* array = value.get<amqp::ByteArray>()) return &array->bytes;
  return value.text();
}

std::optional<double> float_of(const amqp::Value& value) {
  if (const auto* narrow = value.get<float>()) return *narrow;
  if (const auto* wide = value.get<double>()) return *wide;
  return {};
}

// Timestamps count as integers, and one in a header as milliseconds (amqp.md 4.6).
std::optional<std::int64_t> integer_of(const amqp::Value& value, std::uint64_t timestamp_scale) {
  if (const auto* time = value.get<amqp::Timestamp>())
    return static_cast<std::int64_t>(time->seconds * timestamp_scale);
  return amqp::as_integer(value);
}

// By value and not by wire type; numbers of different kinds are never equal.
bool same_value(const amqp::Value& wanted, const amqp::Value& header) {
  if (const auto number = integer_of(wanted, 1)) return number == integer_of(header, kMsPerSecond);
  if (const auto number = float_of(wanted)) return number == float_of(header);
  if (const std::string* bytes = bytes_of(wanted)) {
    const std::string* other = bytes_of(header);
    return other != nullptr && *bytes == *other;
  }
  return wanted == header;
}

bool matches(const BindingDefinition& binding, std::uint32_t flags, const amqp::Table& headers) {
  const bool any = (flags & kAny) != 0;
  for (const auto& [name, wanted] : binding.arguments.entries) {
    const bool counts = (flags & kWithX) != 0 ? name != kMatchArgument : !name.starts_with(kExtensionPrefix);
    if (!counts) continue;
    const amqp::Value* header = find_header(headers, name);
    // A void argument asks for presence alone.
    const bool held = header != nullptr && (wanted.get<amqp::Void>() != nullptr || same_value(wanted, *header));
    if (held == any) return any;
  }
  return !any;
}

class HeadersExchange final : public ExchangeType {
 public:
  HeadersExchange() : ExchangeType(RouteDependence::message) {}

  void add(Binding& binding) override {
    const amqp::Value* match = binding.definition.arguments.find(kMatchArgument);
    binding.type_note = match == nullptr ? kAll : find_mode(*match->text())->flags;
    bindings_.push_back(binding);
  }
  void remove(Binding& binding) override { bindings_.erase(binding); }
  void route(const RoutingInput& input, RouteSink& sink) const override {
    if (bindings_.empty()) return;
    const amqp::Table& headers = input.headers();
    for (const Binding& binding : bindings_)
      if (matches(binding.definition, binding.type_note, headers)) sink.add(binding);
  }

 private:
  List<Binding, &Binding::at_type> bindings_;
};

std::string print_as_erlang(const amqp::Value& value) {
  const std::string* bytes = bytes_of(value);
  return bytes == nullptr ? amqp::print(value) : amqp::erlang_binary(*bytes);
}

std::optional<std::string> check_headers_binding(std::string_view, const amqp::Table& arguments, DestinationKind) {
  const amqp::Value* match = arguments.find(kMatchArgument);
  if (match == nullptr) return {};
  if (match->text() == nullptr)
    return "Invalid x-match field type " + std::string(amqp::type_name(*match)) + " (value " + print_as_erlang(*match) +
           "); expected longstr";
  if (find_mode(*match->text()) != nullptr) return {};
  return "Invalid x-match field value " + print_as_erlang(*match) + "; expected all, any, all-with-x, or any-with-x";
}

std::unique_ptr<ExchangeType> make_headers(const amqp::Table&) { return std::make_unique<HeadersExchange>(); }

}  // namespace

const ExchangeTypeInfo kHeadersExchange{"headers", accept_any_arguments, check_headers_binding, make_headers};

}  // namespace warren::broker
