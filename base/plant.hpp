// Known bugs that can be switched back in, so that the simulator proves that it finds them. A build with
// -DWARREN_PLANT=n has all of them, bug n switched on until another is chosen.
#pragma once

namespace warren {

// Whether bug n is switched on. Costs nothing in an ordinary build.
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
//
// In a cluster (tests/sim/cluster):
//   200  a vote is forgotten with a restart
//   201  a ram node forgets its mark with a restart
//   202  a definition is answered before a disc node holds it
//   203  a snapshot does not say which proposals it holds
//   204  a proposal that comes again is applied again
//   205  a proposal that comes late counts as applied when a later one was
//   206  the record of how far the definitions on disk go is ahead of them
//   208  of two voters one is left behind when a third gets its vote
//   209  a node goes on alone without the end of its log
//   210  one node does not carry out that another is down
//   211  a queue keeps what sessions of a lost node held
//   213  a ram node does not store what the leader sends as a whole
//   214  of two nodes that both went on alone none tells the other
//   216  a node goes on alone by members that are not agreed on
//   218  mail with a new process is dropped when the end of the old one is agreed on
//   219  mail that waits for the catalog is not looked at when the catalog has come
//   221  a node starts its queues with the catalog in which a former process of it began
//
// With mirrored queues (tests/sim/cluster, in the mix of them):
//   300  a copy answers before its journal has what it answers for
//   301  no mirror is waited for
//   302  a mirror is proposed for the set before it has what was answered
//   303  a mirror that is not in the set becomes owner
//   304  who is out of sight is not waited for, before the group has agreed on that
//   305  a reign gives positions again that the one before has given
//   306  what a copy has and the owner has not stays there
//   307  a copy that lacks something counts as complete
//   308  a copy answers for what it had before, though its journal may not have it yet
//   309  copies do not hear what is settled
//   310  copies do not hear what is delivered
//   311  the wish to change the set is carried out though the set has changed meanwhile
//   312  a mirror keeps its place in the set though its process is another one
//   313  a copy drops a doubtful chunk before it has been sent what it has
//   314  a copy counts as complete when it was sent everything, before it has it
//   315  an owner does not begin anew with a copy whose mail was lost
//   316  an owner confirms what waits when another one takes over
//   317  a new owner does not wait for those in the set that it has not heard yet
//   318  an owner confirms what its own journal does not have
//   320  what waited for a queue to move is dropped
//   321  of two logs that went on from one both number their reigns alike
//   322  what a node took by a log that was given up is not offered to the queue's owner
//   323  the journal does not say that a copy was dropped
#ifdef WARREN_PLANT
inline int planted_bug = WARREN_PLANT;
inline bool planted(int n) { return planted_bug == n; }
#else
constexpr bool planted(int) { return false; }
#endif

}  // namespace warren
