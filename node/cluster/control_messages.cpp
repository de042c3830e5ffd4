#include "node/cluster/control_messages.hpp"

#include <utility>

#include "base/numbered_fields.hpp"
#include "base/tags.hpp"
#include "node/cluster/state/tally.hpp"

namespace warren::node {
namespace {

struct NodeNumber {
  std::uint32_t value = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.value);
  }
};

struct LineageNumber {
  std::uint64_t id = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.id);
  }
};

// The lineage first, its ancestors behind it.
struct LineageNumbers {
  std::vector<LineageNumber> lineages;
  std::string founder;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.records(1, self.lineages, kAncestorsMax + 1);
    visit.text(2, self.founder);
  }
};

struct HeartbeatFields {
  std::vector<NodeNumber> nodes;
  NodeState state;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.records(1, self.nodes, limits::kMembersMax);
    visit.number(2, self.state.alarms);
    visit.text(3, self.state.version);
    visit.records(4, self.state.listeners, kListenersMax);
    visit.records(5, self.state.connections, kCountedVhostsMax);
    visit.flag(6, self.state.serves);
  }
};

template <class Content>
constexpr ControlTag control_tag = ControlTag::none;
template <>
constexpr ControlTag control_tag<GroupMail> = ControlTag::group_mail;
template <>
constexpr ControlTag control_tag<Heartbeat> = ControlTag::heartbeat;
template <>
constexpr ControlTag control_tag<Forward> = ControlTag::forward;
template <>
constexpr ControlTag control_tag<Verdicts> = ControlTag::verdicts;
template <>
constexpr ControlTag control_tag<AdmissionWanted> = ControlTag::admission_wanted;
template <>
constexpr ControlTag control_tag<LineageTold> = ControlTag::lineage_told;
template <>
constexpr ControlTag control_tag<AppliedTold> = ControlTag::applied_told;
template <>
constexpr ControlTag control_tag<NodesTold> = ControlTag::nodes_told;
template <>
constexpr ControlTag control_tag<Standing> = ControlTag::standing;
template <>
constexpr ControlTag control_tag<GiveIn> = ControlTag::give_in;

template <class Content>
void write(const Content& content, std::string& bytes) {
  NumberedWriter writer(bytes);
  visit_fields(content, writer);
}

void write(const Heartbeat& heartbeat, std::string& bytes) {
  HeartbeatFields told{{}, heartbeat.state};
  for (const NodeId node : heartbeat.sees_down) told.nodes.push_back({node.value});
  write(told, bytes);
}

void write(const LineageTold& told, std::string& bytes) {
  LineageNumbers numbers{{{told.lineage.id}}, told.lineage.founder};
  for (const std::uint64_t ancestor : told.lineage.ancestors) numbers.lineages.push_back({ancestor});
  write(numbers, bytes);
}

template <class Content>
bool read(std::string_view fields, ControlMessage& message) {
  Content content;
  NumberedReader reader(fields);
  visit_fields(content, reader);
  if (!reader.finish()) return false;
  message = std::move(content);
  return true;
}

bool read_heartbeat(std::string_view fields, ControlMessage& message) {
  HeartbeatFields told;
  NumberedReader reader(fields);
  visit_fields(told, reader);
  Heartbeat heartbeat{{}, std::move(told.state)};
  for (const NodeNumber number : told.nodes) heartbeat.sees_down.emplace_back(number.value);
  message = std::move(heartbeat);
  return reader.finish();
}

bool read_lineage(std::string_view fields, ControlMessage& message) {
  LineageNumbers numbers;
  NumberedReader reader(fields);
  visit_fields(numbers, reader);
  if (!reader.finish() || numbers.lineages.empty()) return false;
  LineageTold told;
  told.lineage.id = numbers.lineages.front().id;
  told.lineage.founder = std::move(numbers.founder);
  for (std::size_t i = 1; i < numbers.lineages.size(); ++i) told.lineage.ancestors.push_back(numbers.lineages[i].id);
  message = std::move(told);
  return true;
}

}  // namespace

std::string encode(const ControlMessage& message) {
  std::string bytes;
  std::visit(
      [&]<class Content>(const Content& content) {
        bytes.push_back(static_cast<char>(control_tag<Content>));
        write(content, bytes);
      },
      message);
  return bytes;
}

bool decode(std::string_view bytes, ControlMessage& message) {
  if (bytes.empty()) return false;
  const auto tag = static_cast<ControlTag>(bytes.front());
  bytes.remove_prefix(1);
  switch (tag) {
    case ControlTag::group_mail: return read<GroupMail>(bytes, message);
    case ControlTag::heartbeat: return read_heartbeat(bytes, message);
    case ControlTag::forward: return read<Forward>(bytes, message);
    case ControlTag::verdicts: return read<Verdicts>(bytes, message);
    case ControlTag::admission_wanted: return read<AdmissionWanted>(bytes, message);
    case ControlTag::lineage_told: return read_lineage(bytes, message);
    case ControlTag::applied_told: return read<AppliedTold>(bytes, message);
    case ControlTag::nodes_told: return read<NodesTold>(bytes, message);
    case ControlTag::standing: return read<Standing>(bytes, message);
    case ControlTag::give_in: return read<GiveIn>(bytes, message);
    case ControlTag::none: break;
  }
  return false;
}

}  // namespace warren::node
