#include "tests/sim/marks.hpp"

namespace warren::sim {
namespace {

// In the order of Mark.
constexpr std::array<std::string_view, kMarks> kNames = {
    "bytes came one at a time",
    "a socket was not read for a while",
    "a socket was cut in the middle of a write",
    "a socket stalled",
    "a client did not read until its socket was full",
    "a client was cut off for missed heartbeats",
    "a batch of mail waited for the catalog",
    "a delivery went back unseen to a queue on another shard",
    "a consumer was paused on another shard",
    "a window was given back to another shard",
    "bytes of publishes were returned by another shard",
    "a client died with unsettled deliveries",
    "a client died in the middle of a transaction",
    "a publish was nacked",
    "a publish was returned",
    "one confirm covered several publishes",
    "a confirm came before an older one",
    "a transaction was committed",
    "a transaction was rolled back",
    "a transaction was refused",
    "a message was redelivered",
    "a requeued message came back in its place",
    "a dead letter arrived",
    "a get found nothing",
    "a channel was refused something",
    "a connection was refused something",
    "a consumer lost its queue",
    "publishers were blocked by an alarm",
    "commands were sent while a channel waited",
    "the node was killed",
    "the power was lost",
    "a segment of a journal was freed",
    "a chunk of messages was written to the store",
    "a chunk of messages was read from the store",
    "a body went to the store for several queues",
    "a body of several queues left the store",
    "a journal could not be written",
    "the store refused a job",
    "a recovery was interrupted",
    "the disk was full",
};

}  // namespace

std::string_view mark_name(Mark mark) { return kNames[static_cast<std::size_t>(mark)]; }

}  // namespace warren::sim
