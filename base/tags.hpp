// The register of numbers by which records are told apart where they outlive the program that wrote them.
#pragma once

#include <cstdint>

namespace warren {

// Kinds of definitions in the stored catalog: the first byte of a key. On disk: never changed, never used again for
// something else. What a record refers to may come behind it.
enum class DefinitionTag : std::uint8_t {
  vhost = 1,
  user = 2,
  permission = 3,
  exchange = 4,
  queue = 5,
  binding = 6,
  counters = 7,
  node = 8,
  cluster_name = 9,
  topic_permission = 10,
  policy = 12,
};

// Changes of definitions as they are agreed on: their first byte. On disk and between programs of different age: never
// changed.
enum class CommandTag : std::uint8_t {
  none = 0,
  add_vhost = 1,
  delete_vhost = 2,
  put_user = 3,
  delete_user = 4,
  set_permission = 5,
  declare_exchange = 6,
  delete_exchange = 7,
  declare_queue = 8,
  delete_queue = 9,
  delete_exclusive_queues = 10,
  bind = 11,
  unbind = 12,
  clear_permission = 13,
  set_user_tags = 14,
  set_password = 15,
  add_node = 16,
  node_up = 17,
  node_down = 18,
  remove_node = 19,
  set_draining = 20,
  set_cluster_name = 21,
  set_topic_permission = 22,
  clear_topic_permission = 23,
  set_vhost_limits = 24,
  set_policy = 26,
  clear_policy = 27,
  set_in_sync = 28,
  transfer_queue = 29,
  fill_copies = 30,
};

// What the catalog's table holds beside definitions: the first byte of a key. On disk, as above; above all of those.
enum class AgreementTag : std::uint8_t {
  state = 64,
  applied = 65,
  entry = 66,
  lineage = 67,
  stamp = 68,  // which write of the journal the definitions in the store hold
};

// What registrars say to each other: the first byte. Between programs of different age: never changed.
enum class ControlTag : std::uint8_t {
  none = 0,
  group_mail = 1,
  heartbeat = 2,
  forward = 3,
  verdicts = 4,
  admission_wanted = 5,
  lineage_told = 6,
  applied_told = 7,
  nodes_told = 8,
  standing = 9,
  give_in = 10,
};

// What nodes ask each other: the first byte. As above.
enum class AskTag : std::uint8_t {
  none = 0,
  who_question = 1,
  who_answer = 2,
  join_question = 3,
  join_answer = 4,
  leave_question = 5,
  leave_answer = 6,
  rows_question = 7,
  rows_answer = 8,
};

// Messages between the members of a group that agrees: their first byte. Between programs of different age: never
// changed.
enum class RaftMessageTag : std::uint8_t {
  none = 0,
  vote_request = 1,
  vote_answer = 2,
  append = 3,
  append_answer = 4,
  snapshot_piece = 5,
  snapshot_answer = 6,
  campaign_now = 7,
};

}  // namespace warren
