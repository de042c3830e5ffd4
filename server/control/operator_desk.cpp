#include "server/control/operator_desk.hpp"

#include <random>
#include <utility>

namespace warren::server {

void OperatorDesk::take(const manage::Request& request, AnswerRequest answer) {
  const manage::Ticket ticket = ++last_;
  answers_[ticket] = std::move(answer);
  manage::DeskEffects effects;
  desk_.take(ticket, request, facts(), effects);
  carry_out(std::move(effects));
}

void OperatorDesk::take(const HttpCaller& caller, const manage::Request& request, const AnswerHttp& answer) {
  const Admission gate = admission(caller.credentials, caller.loopback, administrator_.catalog(), settings_);
  if (gate != Admission::admitted) return answer(gate, manage::Value());
  take(request, [answer](manage::Answer found) { answer(Admission::admitted, std::move(found)); });
}

manage::DeskFacts OperatorDesk::facts() const {
  std::random_device device;
  return {administrator_.catalog(), node_, administrator_.app_running(), device()};
}

void OperatorDesk::carry_out(manage::DeskEffects effects) {
  for (manage::Reply& reply : effects.replies) {
    const auto found = answers_.find(reply.ticket);
    if (found == answers_.end()) continue;
    const AnswerRequest answer = std::move(found->second);
    answers_.erase(found);
    answer(std::move(reply.answer));
  }
  for (const manage::AskShards& ask : effects.shard_questions) {
    const auto found = [this, ticket = ask.ticket](manage::Rows rows) { came(ticket, std::move(rows)); };
    ask.of_own_node ? administrator_.ask_here(ask.question, found) : administrator_.ask(ask.question, found);
  }
  for (manage::AskRegistrar& ask : effects.registrar_requests)
    administrator_.ask(std::move(ask.request), {}, [this, ticket = ask.ticket](manage::RegistrarAnswer answer) {
      manage::DeskEffects more;
      desk_.registrar_answered(ticket, std::move(answer), more);
      carry_out(std::move(more));
    });
}

void OperatorDesk::came(manage::Ticket ticket, manage::Rows rows) {
  manage::DeskEffects effects;
  desk_.rows_came(ticket, std::move(rows));
  desk_.all_rows_came(ticket, facts(), effects);
  carry_out(std::move(effects));
}

}  // namespace warren::server
