// Mail that comes too late.
#pragma once

#include <vector>

#include "broker/catalog/catalog.hpp"
#include "broker/queue/effects.hpp"
#include "broker/queue/messages.hpp"
#include "broker/session/mail.hpp"

namespace warren::broker::session {

// The queue has begun another reign since. Whoever owns it now has the messages, and is asked anew what was not
// answered.
bool of_former_reign(const QueueRef& queue, const Catalog& catalog);
// The same for what belongs to a reign: all but deliveries, which their consumer knows, and answers for publishes.
bool of_former_reign(const QueueEvent& event, const Catalog& catalog);

// The receiver, a session or one of its channels, is no more. What must not be lost goes back to its queue; the rest is
// forgotten. A queue that has agreed to go goes, though who asked does not hear it any more.
void bounce(QueueEvent& event, SessionRef receiver, std::vector<QueueMail>& queue_mail,
            std::vector<Propose>& proposals);

// The queue is no more. Requests are answered so; publishes count as confirmed, as those to any deleted queue.
void bounce(QueueRef queue, QueueCommand& command, std::vector<SessionMail>& session_mail);

}  // namespace warren::broker::session
