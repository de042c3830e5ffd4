// channel.flow, access.request, confirm.select and the way from a payload to its handler.
#include <type_traits>
#include <variant>

#include "amqp/codec.hpp"
#include "amqp/wire/erlang_text.hpp"
#include "broker/session/methods/handlers.hpp"

namespace warren::broker::session {

using amqp::ReplyCode;

Failure on(Desk& desk, const amqp::ChannelFlow& method) {
  if (!method.active) return refuse(ReplyCode::not_implemented, "active=false");
  desk.reply(amqp::ChannelFlowOk{.active = true});
  return {};
}

Failure on(Desk& desk, const amqp::AccessRequest&) {
  constexpr std::uint16_t kAnyTicket = 1;
  desk.reply(amqp::AccessRequestOk{.ticket = kAnyTicket});
  return {};
}

Failure on(Desk& desk, const amqp::ConfirmSelect& method) {
  if (desk.channel.mode == ChannelMode::transactional)
    return refuse(ReplyCode::precondition_failed, "cannot switch from tx to confirm mode");
  desk.channel.mode = ChannelMode::confirming;
  if (!method.nowait) desk.reply(amqp::ConfirmSelectOk{});
  return {};
}

namespace {

template <class Method>
concept Handled = requires(Desk& desk, const Method& method) {
  { on(desk, method) } -> std::same_as<Failure>;
};

}  // namespace

Failure handle_method(Desk& desk, std::string_view payload) {
  amqp::Method method;
  switch (amqp::decode_method(payload, method)) {
    case amqp::DecodeStatus::ok: break;
    case amqp::DecodeStatus::bad_utf8:
      desk.channel.method_id = {0, 0};
      return refuse(ReplyCode::frame_error, "Malformed UTF-8 in shortstr");
    default: return refuse(ReplyCode::frame_error, amqp::cannot_decode_text(amqp::method_arguments(payload)));
  }
  return std::visit(
      [&]<class M>(const M& decoded) -> Failure {
        if constexpr (Handled<M>)
          return on(desk, decoded);
        else
          return refuse(ReplyCode::command_invalid, "unimplemented method");
      },
      method);
}

Failure on_decided(Desk& desk, Decided& decided) {
  Channel& channel = desk.channel;
  if (decided.refusal) return std::move(decided.refusal);
  channel.decision = decided.changed ? Decision::changed : Decision::unchanged;
  return look_again(desk);
}

Failure look_again(Desk& desk) {
  const std::string payload = std::move(desk.channel.held_method);
  Failure failure = handle_method(desk, payload);
  if (!failure && desk.channel.awaiting != Awaiting::nothing) desk.channel.held_method = payload;
  return failure;
}

namespace {

// Whether an event is what a queue was asked for.
struct IsAwaited {
  const Channel& channel;

  bool by(amqp::MethodId method, const QueueRef& queue) const {
    return channel.method_id == method && channel.asked.queue == queue;
  }
  bool operator()(const Counted& e) const { return by(amqp::QueueDeclare::id, e.queue); }
  bool operator()(const Purged& e) const { return by(amqp::QueuePurge::id, e.queue); }
  bool operator()(const DeleteAnswer& e) const { return by(amqp::QueueDelete::id, e.queue); }
  bool operator()(const GetAnswer& e) const { return by(amqp::BasicGet::id, e.queue); }
  bool operator()(const Attached& e) const {
    return by(amqp::BasicConsume::id, e.queue) && channel.asked.consumer == e.consumer;
  }
  bool operator()(const AttachRefused& e) const {
    return by(amqp::BasicConsume::id, e.queue) && channel.asked.consumer == e.consumer;
  }
  bool operator()(const Detached& e) const {
    return by(amqp::BasicCancel::id, e.queue) && channel.asked.consumer == e.consumer;
  }
  template <class Unasked>
  bool operator()(const Unasked&) const {
    return false;
  }
};

}  // namespace

bool is_awaited(const Channel& channel, const QueueEvent& event) {
  return channel.awaiting == Awaiting::answer && std::visit(IsAwaited{channel}, event);
}

Failure on_answer(Desk& desk, QueueEvent& event) {
  if (const auto* counted = std::get_if<Counted>(&event)) return on_counted(desk, *counted);
  if (const auto* purged = std::get_if<Purged>(&event)) return on_purged(desk, *purged);
  if (const auto* answer = std::get_if<DeleteAnswer>(&event)) return on_delete_answer(desk, *answer);
  if (const auto* attached = std::get_if<Attached>(&event)) return on_attached(desk, *attached);
  if (const auto* refused = std::get_if<AttachRefused>(&event)) return on_attach_refused(desk, *refused);
  if (const auto* detached = std::get_if<Detached>(&event)) return on_detached(desk, *detached);
  if (auto* answer = std::get_if<GetAnswer>(&event)) return on_get_answer(desk, *answer);
  return {};
}

}  // namespace warren::broker::session
