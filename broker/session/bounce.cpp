#include "broker/session/bounce.hpp"

#include <concepts>
#include <variant>

namespace warren::broker::session {
namespace {

// Queue's side of the story, by kind of event.
struct ToQueue {
  SessionRef receiver;
  std::vector<QueueMail>& mail;
  std::vector<Propose>& proposals;

  void operator()(const Delivery& delivery) {
    mail.push_back(
        {delivery.queue, Settle{receiver, delivery.channel, delivery.position, delivery.position, Outcome::returned}});
  }
  void operator()(const GetAnswer& answer) {
    if (answer.message && !answer.no_ack)
      mail.push_back(
          {answer.queue, Settle{receiver, answer.channel, answer.position, answer.position, Outcome::returned}});
  }
  void operator()(const Attached& attached) {
    mail.push_back({attached.queue, Detach{receiver, attached.channel, attached.consumer, attached.slot}});
  }
  // The queue is closed since it said yes: only its definition is left.
  void operator()(const DeleteAnswer& answer) {
    if (answer.verdict == DeleteAnswer::Verdict::may_go) proposals.push_back({{}, {}, DeleteQueue{answer.queue.id}});
  }
  template <class Other>
  void operator()(const Other&) {}
};

struct ToSession {
  QueueRef queue;
  std::vector<SessionMail>& mail;

  void operator()(const Enqueue& enqueue) {
    if (enqueue.sequence != 0)
      mail.push_back({enqueue.publisher, Confirmed{enqueue.channel, enqueue.sequence, enqueue.sequence}});
  }
  void operator()(const Attach& attach) {
    mail.push_back({attach.session, AttachRefused{queue, attach.channel, attach.consumer, true}});
  }
  void operator()(const Detach& detach) {
    mail.push_back({detach.session, Detached{queue, detach.channel, detach.consumer}});
  }
  void operator()(const Get& get) {
    GetAnswer answer;
    answer.queue = queue;
    answer.channel = get.channel;
    answer.gone = true;
    mail.push_back({get.session, std::move(answer)});
  }
  void operator()(const Inspect& inspect) {
    mail.push_back({inspect.session, Counted{queue, inspect.channel, 0, 0, true}});
  }
  void operator()(const Purge& purge) { mail.push_back({purge.session, Purged{queue, purge.channel, 0, true}}); }
  void operator()(const Delete& request) {
    mail.push_back({request.session, DeleteAnswer{queue, request.channel, DeleteAnswer::Verdict::gone, 0}});
  }
  // Nobody waits for an answer to these.
  void operator()(const Settle&) {}
  void operator()(const Replenish&) {}
  void operator()(const Pause&) {}
  void operator()(const Stay&) {}
};

}  // namespace

bool of_former_reign(const QueueRef& queue, const Catalog& catalog) {
  const QueueDefinition* now = catalog.queue(queue.id);
  return now != nullptr && queue != now->ref;
}

bool of_former_reign(const QueueEvent& event, const Catalog& catalog) {
  return std::visit(
      [&]<class Event>(const Event& any) {
        if constexpr (requires { any.queue; } && !std::same_as<Event, Delivery>)
          return of_former_reign(any.queue, catalog);
        else
          return false;
      },
      event);
}

void bounce(QueueEvent& event, SessionRef receiver, std::vector<QueueMail>& queue_mail,
            std::vector<Propose>& proposals) {
  std::visit(ToQueue{receiver, queue_mail, proposals}, event);
}

void bounce(QueueRef queue, QueueCommand& command, std::vector<SessionMail>& session_mail) {
  std::visit(ToSession{queue, session_mail}, command);
}

}  // namespace warren::broker::session
