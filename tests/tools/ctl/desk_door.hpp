// A whole node for the tool: a desk over a catalog that carries out what is proposed, and counts of its queues. No
// shard, no registrar: what they would say is short.
#pragma once

#include <string>
#include <utility>

#include "manage/operations/desk/desk.hpp"
#include "manage/operations/rows/queue_row.hpp"
#include "manage/operations/rows/session_rows.hpp"
#include "tests/manage/operations/rows/surroundings.hpp"
#include "tests/tools/ctl/fake_door.hpp"

namespace warren::ctl::testing {

class DeskNode {
 public:
  DeskNode() {
    node_.answer = [this](const Request& request) { return Heard(answer(request)); };
  }

  Printed run(std::string_view line, std::optional<std::string> password = std::nullopt) {
    return run_line(node_, line, std::move(password));
  }

  manage::testing::Rig rig;
  bool app_running = true;
  manage::RegistrarAnswer registrar = Done{};  // to what is no proposal

 private:
  Answer answer(const Request& request) {
    const manage::DeskFacts facts{rig.catalog, "a@h", app_running, 1};
    manage::DeskEffects effects;
    desk_.take(1, request, facts, effects);
    for (const manage::AskShards& ask : effects.shard_questions) {
      desk_.rows_came(ask.ticket, rows(ask.question));
      desk_.all_rows_came(ask.ticket, facts, effects);
    }
    for (manage::AskRegistrar& ask : effects.registrar_requests)
      desk_.registrar_answered(ask.ticket, decide(ask.request), effects);
    REQUIRE(effects.replies.size() == 1);
    // As it would come through the socket.
    return *manage::read_answer(manage::answer_line(effects.replies[0].answer));
  }

  manage::Rows rows(const manage::ShardQuestion& question) {
    manage::Rows rows;
    if (question.subject != manage::Subject::queues) {
      manage::add_session_rows(question, {rig.catalog, rig.session}, rows);
      return rows;
    }
    const broker::QueueStats stats{3, 1, 0, 300, 5000};
    rig.catalog.for_each_queue(rig.catalog.find_vhost("/")->id, [&](const broker::QueueDefinition& queue) {
      const manage::QueueFacts facts{rig.catalog, queue, &stats};
      if (queue.owner == NodeId(1) && manage::asked_for(question, facts)) rows.push_back(queue_row(question, facts));
    });
    return rows;
  }

  manage::RegistrarAnswer decide(const manage::RegistrarRequest& request) {
    const auto* propose = std::get_if<manage::ProposeCommand>(&request);
    if (propose == nullptr) return registrar;
    auto outcome = rig.catalog.apply(propose->command);
    if (!outcome) return outcome.error();
    return Done{};
  }

  manage::Desk desk_;
  FakeNode node_;
};

}  // namespace warren::ctl::testing
