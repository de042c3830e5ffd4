// Policies of users and of operators.
#include "manage/operations/words/columns.hpp"
#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {
namespace {

std::vector<Option> set_options() {
  return {{.name = "priority", .value = "priority", .meaning = "of those that match the highest counts (0)"},
          {.name = "apply_to",
           .value = "kind",
           .meaning = "all, queues, exchanges, classic_queues, quorum_queues or streams (all)"}};
}

}  // namespace

std::vector<Operation> policy_operations() {
  return {
      {.name = "set_policy",
       .meaning = "Sets a policy for queues and exchanges whose names match a pattern; its definition is JSON",
       .arguments = {{"name"}, {"pattern"}, {"definition"}},
       .options = set_options(),
       .of_vhost = true,
       .banner = "Setting policy \"{name}\" for pattern \"{pattern}\" to \"{definition}\" for vhost \"{vhost}\" ..."},
      {.name = "clear_policy",
       .meaning = "Takes a policy away",
       .arguments = {{"name"}},
       .of_vhost = true,
       .banner = "Clearing policy \"{name}\" on vhost \"{vhost}\" ..."},
      {.name = "list_policies",
       .meaning = "Lists the policies of a virtual host",
       .of_vhost = true,
       .shape = Shape::rows,
       .banner = "Listing policies for vhost \"{vhost}\" ...",
       .columns = &kPolicyColumns},
      {.name = "set_operator_policy",
       .meaning = "Sets limits that policies and arguments cannot exceed, for names that match a pattern",
       .arguments = {{"name"}, {"pattern"}, {"definition"}},
       .options = set_options(),
       .of_vhost = true,
       .banner = "Setting operator policy override \"{name}\" for pattern \"{pattern}\" to \"{definition}\" for vhost "
                 "\"{vhost}\" ..."},
      {.name = "clear_operator_policy",
       .meaning = "Takes an operator policy away",
       .arguments = {{"name"}},
       .of_vhost = true,
       .banner = "Clearing operator policy \"{name}\" on vhost \"{vhost}\" ..."},
      {.name = "list_operator_policies",
       .meaning = "Lists the operator policies of a virtual host",
       .of_vhost = true,
       .shape = Shape::rows,
       .banner = "Listing operator policy overrides for vhost \"{vhost}\" ...",
       .columns = &kPolicyColumns},
  };
}

}  // namespace warren::manage
