// The class queue (amqp.md 3.4 to 3.7).
#include <string>
#include <utility>

#include "broker/catalog/checks.hpp"
#include "broker/queue/arguments.hpp"
#include "broker/session/methods/access.hpp"
#include "broker/session/methods/handlers.hpp"
#include "broker/session/methods/names.hpp"
#include "broker/session/rules/placement.hpp"
#include "broker/session/rules/reach.hpp"

namespace warren::broker::session {
namespace {

using amqp::ReplyCode;

constexpr std::string_view kGeneratedQueuePrefix = "amq.gen-";

void reply_declared(Desk& desk, const amqp::QueueDeclare& method, std::string_view name, std::uint32_t ready,
                    std::uint32_t consumers) {
  desk.channel.last_queue = std::string(name);
  if (!method.nowait)
    desk.reply(amqp::QueueDeclareOk{.queue = name, .message_count = ready, .consumer_count = consumers});
}

// Declaring the direct reply-to queue tells whether its consumer lives (amqp.md 4.13).
Failure declare_reply_queue(Desk& desk, const amqp::QueueDeclare& method, const std::string& name) {
  constexpr std::uint32_t kOneConsumer = 1;
  if (name == kReplyQueueName) {
    reply_declared(desk, method, name, 0, kOneConsumer);
    return {};
  }
  const std::optional<ReplyAddress> address = read_reply_address(name);
  if (!address || !runs(desk.context.catalog, address->session.node, desk.session.self.node))
    return no_queue(name, desk.session.vhost_name);
  desk.context.letters.push_back({address->session, ReplyConsumerQuestion{address->channel, address->secret,
                                                                          desk.session.self, desk.channel.ref}});
  desk.await_answer({{}, address->session.node});
  return {};
}

QueueDefinition wanted_queue(const Desk& desk, const amqp::QueueDeclare& method, const std::string& name) {
  QueueDefinition wanted;
  wanted.vhost = desk.session.vhost;
  wanted.name = name;
  wanted.durable = method.durable && !method.exclusive;
  wanted.auto_delete = method.auto_delete;
  if (method.exclusive) wanted.exclusive_owner = desk.session.self;
  wanted.arguments = method.arguments;
  return wanted;
}

// Dead letters are published on behalf of who declares the queue.
Failure check_dead_letter_rights(Desk& desk, const QueueDefinition& wanted) {
  const amqp::Value* exchange = wanted.arguments.find(kDeadLetterExchangeArgument);
  if (exchange == nullptr || exchange->text() == nullptr) return {};
  if (Failure failure = check_queue_right(desk, Right::read, wanted.name)) return failure;
  return check_exchange_right(desk, Right::write, *exchange->text());
}

Failure declare_new(Desk& desk, QueueDefinition wanted) {
  const SessionCore& session = desk.session;
  if (Failure failure = check_dead_letter_rights(desk, wanted)) return failure;
  if (auto settings = check_arguments(wanted.name, session.vhost_name, wanted.arguments); !settings)
    return settings.error();
  if (Failure failure = check_queue_limit(desk.context.catalog, wanted)) return failure;
  const Place place = choose_place(desk.context.catalog, desk.session.self, wanted,
                                   desk.context.settings.queue_master_locator, desk.context.rng);
  wanted.owner = place.owner;
  wanted.declared_on = place.declared_on;
  desk.session.owns_exclusive_queues |= wanted.exclusive();
  desk.propose(DeclareQueue{std::move(wanted)});
  return {};
}

// The name to declare: given, generated now, or generated when the method was first looked at.
Result<std::string, Refusal> name_to_declare(Desk& desk, const amqp::QueueDeclare& method) {
  Channel& channel = desk.channel;
  if (!channel.generated_name.empty()) return channel.generated_name;
  const std::string name = clean_name(method.queue);
  if (name.empty()) {
    channel.generated_name = generated_name(kGeneratedQueuePrefix, desk.context.rng);
    return channel.generated_name;
  }
  if (name.starts_with(kReservedPrefix))
    return Refusal{ReplyCode::access_refused, "queue name '" + name + "' contains reserved prefix 'amq.*'"};
  return name;
}

}  // namespace

Failure on(Desk& desk, const amqp::QueueDeclare& method) {
  const SessionCore& session = desk.session;
  const std::string clean = clean_name(method.queue);
  if (clean.starts_with(kReplyQueueName)) return declare_reply_queue(desk, method, clean);
  if (method.passive) {
    Result<const QueueDefinition*, Refusal> queue = usable_queue(desk, clean);
    if (!queue) return queue.error();
    desk.ask(**queue, Inspect{session.self, desk.channel.ref, true});
    return {};
  }
  Result<std::string, Refusal> name = name_to_declare(desk, method);
  if (!name) return name.error();
  if (Failure failure = check_queue_right(desk, Right::configure, *name)) return failure;
  QueueDefinition wanted = wanted_queue(desk, method, *name);
  const QueueDefinition* existing = desk.context.catalog.find_queue(session.vhost, *name);
  if (existing == nullptr) {
    // Declared by this, and deleted by somebody else since. What was there before may have gone meanwhile, too.
    if (desk.channel.decision == Decision::changed) {
      reply_declared(desk, method, *name, 0, 0);
      return {};
    }
    return declare_new(desk, std::move(wanted));
  }
  if (Failure failure = check_home(desk, *existing)) return failure;
  if (Failure failure = check_equivalence(*existing, wanted, session.vhost_name)) return failure;
  if (desk.channel.decision == Decision::changed)
    reply_declared(desk, method, *name, 0, 0);
  else
    desk.ask(*existing, Inspect{session.self, desk.channel.ref, true});
  return {};
}

Failure on_counted(Desk& desk, const Counted& counted) {
  amqp::QueueDeclare method;
  amqp::decode(amqp::method_arguments(desk.channel.held_method), method);
  const std::string name = desk.channel.generated_name.empty() ? clean_name(method.queue) : desk.channel.generated_name;
  if (counted.gone) {
    if (method.passive) return no_queue(name, desk.session.vhost_name);
    // It went while it was asked: whoever declares it wants it back.
    const QueueDefinition* there = desk.context.catalog.find_queue(desk.session.vhost, name);
    if (there == nullptr || there->ref.id != desk.channel.asked.queue.id) return look_again(desk);
    // Its owner has closed it, and the cluster has yet to hear that it is to go: what is agreed on after that makes it
    // anew. If it comes before that nothing changes, and the method is looked at again.
    return declare_new(desk, wanted_queue(desk, method, name));
  }
  reply_declared(desk, method, name, counted.ready, counted.consumers);
  return {};
}

Failure on_reply_consumer_answer(Desk& desk, const ReplyConsumerAnswer& answer) {
  amqp::QueueDeclare method;
  amqp::decode(amqp::method_arguments(desk.channel.held_method), method);
  const std::string name = clean_name(method.queue);
  if (!answer.alive) return no_queue(name, desk.session.vhost_name);
  constexpr std::uint32_t kOneConsumer = 1;
  reply_declared(desk, method, name, 0, kOneConsumer);
  return {};
}

namespace {

// What a queue.bind or queue.unbind means once the short forms are filled in.
template <class Method>
Result<Bind, Refusal> queue_binding(const Desk& desk, const Method& method) {
  Result<std::string, Refusal> queue = queue_or_last(desk, clean_name(method.queue));
  if (!queue) return queue.error();
  const bool short_form = method.queue.empty() && method.routing_key.empty();
  return Bind{desk.session.vhost,
              clean_name(method.exchange),
              DestinationKind::queue,
              *queue,
              short_form ? *queue : std::string(method.routing_key),
              method.arguments};
}

}  // namespace

Failure on(Desk& desk, const amqp::QueueBind& method) {
  if (desk.channel.decision != Decision::none) {
    if (!method.nowait) desk.reply(amqp::QueueBindOk{});
    return {};
  }
  Result<Bind, Refusal> binding = queue_binding(desk, method);
  if (!binding) return binding.error();
  if (Failure failure = check_binding_access(desk, *binding)) return failure;
  if (Failure failure = check_binding_ends(desk.context.catalog, *binding)) return failure;
  if (Result<const QueueDefinition*, Refusal> queue = usable_queue(desk, binding->destination); !queue)
    return queue.error();
  if (Failure failure = check_binding_arguments(desk.context.catalog, *binding)) return failure;
  // What is there already changes no definition: nobody need agree.
  if (desk.context.catalog.find_binding(*binding) == nullptr)
    desk.propose(std::move(*binding));
  else if (!method.nowait)
    desk.reply(amqp::QueueBindOk{});
  return {};
}

Failure on(Desk& desk, const amqp::QueueUnbind& method) {
  if (desk.channel.decision != Decision::none) {
    desk.reply(amqp::QueueUnbindOk{});
    return {};
  }
  Result<Bind, Refusal> binding = queue_binding(desk, method);
  if (!binding) return binding.error();
  if (Failure failure = check_binding_access(desk, *binding)) return failure;
  const QueueDefinition* queue_there = desk.context.catalog.find_queue(binding->vhost, binding->destination);
  if (queue_there != nullptr)
    if (Failure failure = check_home(desk, *queue_there)) return failure;
  if (desk.context.catalog.find_binding(*binding) != nullptr)
    if (Result<const QueueDefinition*, Refusal> queue = usable_queue(desk, binding->destination); !queue)
      return queue.error();
  if (desk.context.catalog.find_binding(*binding) == nullptr)
    desk.reply(amqp::QueueUnbindOk{});
  else
    desk.propose(Unbind{std::move(*binding)});
  return {};
}

Failure on(Desk& desk, const amqp::QueuePurge& method) {
  Result<std::string, Refusal> name = queue_or_last(desk, method.queue);
  if (!name) return name.error();
  if (Failure failure = check_queue_right(desk, Right::read, *name)) return failure;
  Result<const QueueDefinition*, Refusal> queue = usable_queue(desk, *name);
  if (!queue) return queue.error();
  desk.ask(**queue, Purge{desk.session.self, desk.channel.ref});
  return {};
}

Failure on_purged(Desk& desk, const Purged& purged) {
  amqp::QueuePurge method;
  amqp::decode(amqp::method_arguments(desk.channel.held_method), method);
  if (purged.gone) return no_queue(method.queue, desk.session.vhost_name);
  if (!method.nowait) desk.reply(amqp::QueuePurgeOk{.message_count = purged.messages});
  return {};
}

Failure on(Desk& desk, const amqp::QueueDelete& method) {
  Channel& channel = desk.channel;
  if (channel.decision != Decision::none) {
    if (!method.nowait) desk.reply(amqp::QueueDeleteOk{.message_count = channel.held_count});
    return {};
  }
  Result<std::string, Refusal> name = queue_or_last(desk, clean_name(method.queue));
  if (!name) return name.error();
  // Deleting the direct reply-to queue does nothing (amqp.md 3.5).
  if (!name->starts_with(kReplyQueueName))
    if (Failure failure = check_queue_right(desk, Right::configure, *name)) return failure;
  if (desk.context.catalog.find_queue(desk.session.vhost, *name) == nullptr) {
    if (!method.nowait) desk.reply(amqp::QueueDeleteOk{});
    return {};
  }
  Result<const QueueDefinition*, Refusal> queue = usable_queue(desk, *name);
  if (!queue) return queue.error();
  desk.ask(**queue, Delete{desk.session.self, channel.ref, method.if_unused, method.if_empty});
  return {};
}

Failure on_delete_answer(Desk& desk, const DeleteAnswer& answer) {
  amqp::QueueDelete method;
  amqp::decode(amqp::method_arguments(desk.channel.held_method), method);
  const std::string name = method.queue.empty() ? desk.channel.last_queue : clean_name(method.queue);
  const std::string phrase = queue_phrase(name, desk.session.vhost_name);
  switch (answer.verdict) {
    case DeleteAnswer::Verdict::in_use: return refuse(ReplyCode::precondition_failed, phrase + " in use");
    case DeleteAnswer::Verdict::not_empty: return refuse(ReplyCode::precondition_failed, phrase + " not empty");
    case DeleteAnswer::Verdict::may_go:
      desk.channel.held_count = answer.ready;
      desk.propose(DeleteQueue{answer.queue.id});
      return {};
    case DeleteAnswer::Verdict::gone:
      if (!method.nowait) desk.reply(amqp::QueueDeleteOk{});
      return {};
  }
  return {};
}

}  // namespace warren::broker::session
