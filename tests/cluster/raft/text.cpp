#include "tests/cluster/raft/text.hpp"

#include <fmt/core.h>

#include <array>

namespace warren::raft::testing {
namespace {

constexpr std::array<const char*, 4> kKinds = {"none", "disc", "ram", "witness"};
constexpr std::array<const char*, 5> kClasses = {"none", "blank", "configuration", "definitions", "topology"};
constexpr std::array<const char*, 4> kRoles = {"follower", "pre-candidate", "candidate", "leader"};
constexpr std::array<const char*, 8> kRefusals = {"not leader", "no disc",        "handing over",  "too much",
                                                  "too large",  "change pending", "not caught up", "not allowed"};
constexpr std::array<const char*, 8> kComplaints = {"known already",    "not a member", "voter already",
                                                    "too many members", "last voter",   "last disc",
                                                    "same admission",   "not a kind"};

template <class Names, class Value>
const char* name_in(const Names& names, Value value) {
  return names.at(static_cast<std::size_t>(value));
}

struct BodyText {
  std::string operator()(const VoteRequest& body) const {
    return fmt::format("{} with log {}{}", body.question ? "would you vote for me" : "vote for me", text_of(body.last),
                       body.at_leaders_wish ? ", at the leader's wish" : "");
  }
  std::string operator()(const VoteAnswer& body) const {
    return fmt::format("{} {}", body.question ? "I would" : "I do", body.granted ? "vote for you" : "not vote for you");
  }
  std::string operator()(const Append& body) const {
    std::string text = fmt::format("append after {} commit {}", text_of(body.previous), body.commit);
    for (const Entry& entry : body.entries) text += fmt::format(" [{}]", text_of(entry));
    return text;
  }
  std::string operator()(const AppendAnswer& body) const {
    if (body.accepted) return fmt::format("accepted up to {}", body.index);
    return fmt::format("rejected after {}, may agree at {}", body.index, text_of(body.agreeing));
  }
  std::string operator()(const SnapshotPiece& body) const {
    return fmt::format("snapshot {} bytes {}..{} of {}", text_of(body.last), body.offset,
                       body.offset + body.bytes.size(), body.total);
  }
  std::string operator()(const SnapshotAnswer& body) const {
    return fmt::format("received {} bytes of snapshot {}", body.received, body.index);
  }
  std::string operator()(const CampaignNow&) const { return "campaign now"; }
};

}  // namespace

std::string text_of(Place place) { return fmt::format("{}.{}", place.term, place.index); }

std::string text_of(const Entry& entry) {
  std::string text = fmt::format("{} {}", text_of(entry.place), name_in(kClasses, entry.of));
  Configuration configuration;
  if (entry.of == EntryClass::configuration && decode(entry.command, configuration))
    return text + " " + text_of(configuration);
  return entry.command.empty() ? text : text + " '" + entry.command + "'";
}

std::string text_of(const Configuration& configuration) {
  std::string text;
  for (const Member& member : configuration.members())
    text += fmt::format("{}{}:{}{}", text.empty() ? "" : " ", member.id.value, name_in(kKinds, member.kind),
                        member.voter ? "" : "-learner");
  return "{" + text + "}";
}

std::string text_of(const Message& message) {
  return fmt::format("term {}: {}", message.head.term, std::visit(BodyText{}, message.body));
}

std::string text_of(const Persist& persist) {
  const HardState& state = persist.state;
  std::string text = fmt::format("{} term {} vote {}", persist.sync ? "syncs" : "writes", state.term, state.vote.value);
  if (!persist.sync) text += " mark " + text_of(state.mark);
  if (!state.admitted) text += " not admitted";
  if (persist.snapshot) text += " snapshot " + text_of(persist.snapshot->last);
  if (persist.replace_from) text += fmt::format(" from {}", *persist.replace_from);
  for (const Entry& entry : persist.entries) text += fmt::format(" [{}]", text_of(entry));
  return text;
}

std::string text_of(const ForMachine& effect) {
  if (const auto* apply = std::get_if<Apply>(&effect)) return "applies " + text_of(apply->entry);
  const Snapshot& snapshot = std::get<Install>(effect).snapshot;
  return fmt::format("installs snapshot {} '{:.20}'", text_of(snapshot.last), *snapshot.bytes);
}

std::string text_of(const Answer& answer) {
  if (const auto* accepted = std::get_if<Accepted>(&answer))
    return fmt::format("answers {}: accepted at {}", accepted->ticket, accepted->index);
  if (const auto* uncertain = std::get_if<Uncertain>(&answer))
    return fmt::format("answers {}: uncertain", uncertain->ticket);
  const Denied& denied = std::get<Denied>(answer);
  return fmt::format("answers {}: denied, {}{}", denied.ticket, name_in(kRefusals, denied.why),
                     denied.complaint ? std::string(": ") + name_in(kComplaints, *denied.complaint) : "");
}

std::string text_of(const Event& event) {
  if (const auto* role = std::get_if<RoleChanged>(&event))
    return fmt::format("is {} in term {} under {}", name_in(kRoles, role->role), role->term, role->leader.value);
  if (const auto* wanted = std::get_if<ReadmissionWanted>(&event))
    return fmt::format("wants {} readmitted under {}", wanted->member.value, wanted->admission);
  return "wants a snapshot";
}

std::string text_of(const Status& status) {
  return fmt::format("{} in term {} under {}, commit {} applied {} last {} snapshot {} {}",
                     name_in(kRoles, status.role), status.term, status.leader.value, status.commit, status.applied,
                     text_of(status.last), status.snapshot, text_of(status.configuration));
}

}  // namespace warren::raft::testing
