#include "amqp/codec.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace warren::amqp {

namespace {

// What is known of a method while its type is not.
struct Kind {
  std::uint32_t id = 0;
  std::string_view name;
  DecodeStatus (*decode)(std::string_view arguments, Method& out) = nullptr;
};

template <class M>
DecodeStatus decode_as(std::string_view arguments, Method& out) {
  return decode(arguments, out.emplace<M>());
}

constexpr std::size_t kKinds = std::variant_size_v<Method>;

template <std::size_t... I>
constexpr std::array<Kind, kKinds> kinds_by_id(std::index_sequence<I...>) {
  std::array<Kind, kKinds> kinds = {Kind{std::variant_alternative_t<I, Method>::id.packed(),
                                         std::variant_alternative_t<I, Method>::name,
                                         &decode_as<std::variant_alternative_t<I, Method>>}...};
  std::sort(kinds.begin(), kinds.end(), [](const Kind& a, const Kind& b) { return a.id < b.id; });
  return kinds;
}

constexpr std::array<Kind, kKinds> kKindsById = kinds_by_id(std::make_index_sequence<kKinds>{});
static_assert(std::adjacent_find(kKindsById.begin(), kKindsById.end(),
                                 [](const Kind& a, const Kind& b) { return a.id == b.id; }) == kKindsById.end(),
              "no two methods share their numbers");

const Kind* find_kind(MethodId id) {
  const auto found = std::lower_bound(kKindsById.begin(), kKindsById.end(), id.packed(),
                                      [](const Kind& kind, std::uint32_t wanted) { return kind.id < wanted; });
  return found == kKindsById.end() || found->id != id.packed() ? nullptr : &*found;
}

}  // namespace

DecodeStatus decode_method(std::string_view payload, Method& out) {
  if (payload.size() < kMethodHeadBytes) return DecodeStatus::malformed;
  const Kind* kind = find_kind(method_id(payload));
  if (kind == nullptr) return DecodeStatus::unknown_method;
  return kind->decode(method_arguments(payload), out);
}

void encode(const Method& method, ByteBuffer& out) {
  std::visit([&](const auto& held) { encode(held, out); }, method);
}

void append_method_frame(ByteBuffer& out, ChannelNumber channel, const Method& method) {
  std::visit([&](const auto& held) { append_method_frame(out, channel, held); }, method);
}

MethodId method_id(const Method& method) {
  return std::visit([](const auto& held) { return held.id; }, method);
}

std::string_view method_name(const Method& method) {
  return std::visit([](const auto& held) { return held.name; }, method);
}

std::string_view method_name(MethodId id) {
  const Kind* kind = find_kind(id);
  return kind == nullptr ? std::string_view{} : kind->name;
}

}  // namespace warren::amqp
