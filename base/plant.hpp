// Known bugs that can be switched back in (-DWARREN_PLANT=n), so that the simulator proves that it finds them.
#pragma once

#ifndef WARREN_PLANT
#define WARREN_PLANT 0
#endif

namespace warren {

// Whether bug n is built in. Costs nothing in an ordinary build.
//   1  a queue loses some of the messages that are requeued
//   2  a queue confirms some messages that it has not kept
//   3  a queue puts requeued messages at its end instead of their place
//   4  a queue delivers one message beyond a consumer's prefetch
//   5  a queue forgets some of the window that sessions give back, until the consumer starves
//   6  a queue confirms messages before they are durable
//   7  a queue does not tell the journal of some settled messages
//   8  the journal's last chunk is cut off when it is read
//   9  a segment of the journal is freed though some of its messages are not in the store
//  10  messages leave memory before the store has them
//  11  transient messages in the store survive a restart
//  12  a queue does not tell the journal what it has delivered
//  13  a queue gives positions again after a restart
//
// In the group that agrees (tests/cluster/raft/sim):
//   100  answers do not wait for the disk
//   101  definitions are accepted without a live disc member
//   102  a second vote is given in the same term
//   103  a ram member trusts its file after a reboot
//   104  a ram member forgets its mark when it restarts
//   105  votes are given whatever the candidate's log
//   106  a follower checks that it has the previous entry, not that it is the same one
//   107  a definition is acknowledged when any member holds it
//   108  a change of membership does not wait for the one before
constexpr bool planted(int n) { return WARREN_PLANT == n; }

}  // namespace warren
