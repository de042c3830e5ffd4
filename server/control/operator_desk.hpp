// Between the control socket and those who know: the registrar, the shards, the other nodes.
#pragma once

#include <cstdint>
#include <map>

#include "manage/operations/desk/desk.hpp"
#include "server/cluster/administrator.hpp"
#include "server/control/control_socket.hpp"
#include "server/http/http_door.hpp"

namespace warren::server {

// Lives on the administrator's thread. Requires: the administrator and the settings outlive it.
class OperatorDesk {
 public:
  OperatorDesk(Administrator& administrator, std::string node, const broker::session::SessionSettings& settings)
      : administrator_(administrator), node_(std::move(node)), settings_(settings) {}

  // The answer is called once, from the administrator's thread.
  void take(const manage::Request& request, AnswerRequest answer);
  // The same for a caller who has to be admitted first.
  void take(const HttpCaller& caller, const manage::Request& request, const AnswerHttp& answer);

 private:
  manage::DeskFacts facts() const;
  void carry_out(manage::DeskEffects effects);
  void came(manage::Ticket ticket, manage::Rows rows);

  Administrator& administrator_;
  const std::string node_;
  const broker::session::SessionSettings& settings_;
  manage::Desk desk_;
  manage::Ticket last_ = 0;
  std::map<manage::Ticket, AnswerRequest> answers_;
};

}  // namespace warren::server
