"""Lines of the checklist that cannot be tested yet: number -> (promise, reason).

A line that is tested in part stands here with the part that is not.
"""

LIMITS = "limits of users and vhosts"
CLOSING = "a command that closes connections"
QUORUM = "quorum queues"
STREAMS = "streams"

LINES = {
    35: ("a user at the limit of connections is refused with 530", LIMITS),
    39: ("a user at the limit of channels is refused with 530", LIMITS),
    81: ("a connection closed by an operator ends with 320 and the operator's text", CLOSING),
    147: ("x-queue-type quorum against an absent one is a mismatch", QUORUM),
    155: ("arguments of quorum queues and streams with a wrong type or value", f"{QUORUM}, {STREAMS}"),
    158: ("a quorum queue must be durable, shared and stay", QUORUM),
    159: ("a quorum queue needs a name", QUORUM),
    160: ("a quorum queue has no priorities and no mode", QUORUM),
    161: ("declaring a stream: rules and x-max-age", STREAMS),
    165: ("deleting a quorum queue if unused is 540", QUORUM),
    166: ("deleting a stream ignores the flags", STREAMS),
    169: ("purging a stream or getting from it is 540", STREAMS),
    190: ("confirms of quorum queues", QUORUM),
    207: ("a quorum queue ignores exclusive consume", QUORUM),
    221: ("a quorum queue refuses global prefetch with 540", QUORUM),
    227: ("requeueing on a quorum queue: in front with a delivery limit, at the end without", QUORUM),
    235: ("basic.get on a quorum queue with a single active consumer is 405", QUORUM),
    236: ("consuming a stream: errors of no-ack, missing prefetch and bad offsets", STREAMS),
    237: ("consuming a stream: x-stream-offset header, start at a chunk", STREAMS),
    247: ("x-death of reason delivery_limit", QUORUM),
    257: ("a quorum queue with delivery limit 2 delivers three times, then dead-letters", QUORUM),
    258: ("x-delivery-count is absent first, then counts", QUORUM),
}

# Weaknesses of clustering.md 4.13 that no scenario of this number shows: (number, promise, where it is shown).
WEAKNESSES = [
    (12, "a publish to an absent durable queue is nacked", "cluster owners.row_37_owner_down_durable"),
    (13, "definitions are refused where only ram nodes run", "cluster definitions.row_36_nothing_of_a_ram_node_is_lost"),
    (14, "a change of kind that would destroy queues is refused", "cluster kinds.row_21_type_change_keeps_messages"),
    (15, "forgetting a node whose queues would be lost needs a flag", "cluster forgetting.row_14_forget_removes_things"),
    (20, "operations on a queue that nobody has are refused at once", "promotion.row_60_queue_without_a_complete_mirror"),
    (23, "without a majority membership is not changed, and both are told", "cluster definitions.row_120_membership_in_a_minority"),
]
