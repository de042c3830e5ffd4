// Takes requests, asks those who know, answers.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "manage/operations/desk/need.hpp"

namespace warren::manage {

// Names a request while it is carried out; the driver gives it.
using Ticket = std::uint64_t;

// Ask every shard of the node, or of all nodes that run; give what comes to rows_came, then say all_rows_came. Those
// who do not answer in time are left out.
struct AskShards {
  Ticket ticket = 0;
  ShardQuestion question;
  bool of_own_node = false;
};
// Answered by registrar_answered.
struct AskRegistrar {
  Ticket ticket = 0;
  RegistrarRequest request;
};
struct Reply {
  Ticket ticket = 0;
  Answer answer;
};

struct DeskEffects {
  std::vector<AskShards> shard_questions;
  std::vector<AskRegistrar> registrar_requests;
  std::vector<Reply> replies;
};

class Desk {
 public:
  // A request that is not understood, or one too many, is answered at once. Requires: the ticket is not in use.
  void take(Ticket ticket, const Request& request, const DeskFacts& facts, DeskEffects& effects);
  void rows_came(Ticket ticket, Rows rows);
  void all_rows_came(Ticket ticket, const DeskFacts& facts, DeskEffects& effects);
  void registrar_answered(Ticket ticket, RegistrarAnswer answer, DeskEffects& effects);
  // Nobody waits for the answer any more. What comes for a ticket that is not in use is ignored.
  void abandon(Ticket ticket) { waiting_.erase(ticket); }

  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiting {
    Need need;
    Rows rows;
    std::size_t bytes = 0;  // of the rows, about
    bool too_many = false;
  };

  // Asks for what is needed, or answers. Requires: nothing is asked for the ticket at present.
  void go_on(Ticket ticket, Need need, DeskEffects& effects);

  std::map<Ticket, Waiting> waiting_;
};

}  // namespace warren::manage
