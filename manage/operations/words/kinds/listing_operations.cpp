// What there is and how it does.
#include "manage/operations/words/columns.hpp"
#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {

std::vector<Operation> listing_operations() {
  return {
      {.name = "list_queues",
       .meaning = "Lists queues",
       .arguments = {{"columns", Presence::rest}},
       .options = {{.name = "online", .meaning = "only queues whose node runs"},
                   {.name = "offline", .meaning = "only queues whose node does not run"},
                   {.name = "local", .meaning = "only queues of this node"}},
       .of_vhost = true,
       .right = Right::management,
       .shape = Shape::rows,
       .banner = "Timeout: {timeout_s}.0 seconds ...\nListing queues for vhost {vhost} ...",
       .timeout_s = 60,
       .columns = &kQueueColumns},
      {.name = "list_exchanges",
       .meaning = "Lists exchanges",
       .arguments = {{"columns", Presence::rest}},
       .of_vhost = true,
       .right = Right::management,
       .shape = Shape::rows,
       .banner = "Listing exchanges for vhost {vhost} ...",
       .columns = &kExchangeColumns},
      {.name = "list_bindings",
       .meaning = "Lists bindings",
       .arguments = {{"columns", Presence::rest}},
       .of_vhost = true,
       .right = Right::management,
       .shape = Shape::rows,
       .banner = "Listing bindings for vhost {vhost}...",
       .columns = &kBindingColumns},
      {.name = "list_connections",
       .meaning = "Lists connections of clients",
       .arguments = {{"columns", Presence::rest}},
       .right = Right::monitoring,
       .shape = Shape::rows,
       .banner = "Listing connections ...",
       .columns = &kConnectionColumns},
      {.name = "list_channels",
       .meaning = "Lists channels of clients",
       .arguments = {{"columns", Presence::rest}},
       .right = Right::monitoring,
       .shape = Shape::rows,
       .banner = "Listing channels ...",
       .columns = &kChannelColumns},
      {.name = "list_consumers",
       .meaning = "Lists consumers",
       .arguments = {{"columns", Presence::rest}},
       .of_vhost = true,
       .right = Right::management,
       .shape = Shape::rows,
       .banner = "Listing consumers in vhost {vhost} ...",
       .columns = &kConsumerColumns},
  };
}

}  // namespace warren::manage
