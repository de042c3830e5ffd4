#include "cluster/raft/wire/messages.hpp"

#include <utility>

#include "base/numbered_fields.hpp"
#include "base/tags.hpp"
#include "cluster/raft/parts/configuration.hpp"

namespace warren::raft {
namespace {

constexpr FieldNumber kHeadField = 1;
constexpr FieldNumber kBodyField = 2;

template <class Body>
constexpr RaftMessageTag tag_of = RaftMessageTag::none;
template <>
constexpr RaftMessageTag tag_of<VoteRequest> = RaftMessageTag::vote_request;
template <>
constexpr RaftMessageTag tag_of<VoteAnswer> = RaftMessageTag::vote_answer;
template <>
constexpr RaftMessageTag tag_of<Append> = RaftMessageTag::append;
template <>
constexpr RaftMessageTag tag_of<AppendAnswer> = RaftMessageTag::append_answer;
template <>
constexpr RaftMessageTag tag_of<SnapshotPiece> = RaftMessageTag::snapshot_piece;
template <>
constexpr RaftMessageTag tag_of<SnapshotAnswer> = RaftMessageTag::snapshot_answer;
template <>
constexpr RaftMessageTag tag_of<CampaignNow> = RaftMessageTag::campaign_now;

template <class Content>
bool hangs_together(const Content&, Term) {
  return true;
}

// Nobody knows of a term later than the own one.
bool hangs_together(const VoteRequest& request, Term term) { return request.last.term <= term; }

bool hangs_together(const Append& append, Term term) {
  Place before = append.previous;
  for (const Entry& entry : append.entries) {
    if (entry.place.index != before.index + 1 || entry.place.term < before.term) return false;
    if (entry.of == EntryClass::none || entry.command.size() > limits::kCommandBytesMax) return false;
    Configuration configuration;
    if (entry.of == EntryClass::configuration && !decode(entry.command, configuration)) return false;
    before = entry.place;
  }
  return before.term <= term;
}

bool hangs_together(const SnapshotPiece& piece, Term term) {
  Configuration configuration;
  if (piece.last.index == 0 || piece.last.term > term || !decode(piece.configuration, configuration)) return false;
  if (piece.total > limits::kSnapshotBytesMax || piece.bytes.size() > limits::kSnapshotPieceBytes) return false;
  return piece.offset <= piece.total && piece.bytes.size() <= piece.total - piece.offset;
}

template <class Content>
bool read(std::string_view fields, Message& message) {
  Content content;
  NumberedReader reader(fields);
  reader.record(kHeadField, message.head);
  reader.record(kBodyField, content);
  if (!reader.finish() || !message.head.from || !hangs_together(content, message.head.term)) return false;
  message.body = std::move(content);
  return true;
}

}  // namespace

std::string encode(const Message& message) {
  std::string bytes;
  std::visit(
      [&]<class Content>(const Content& content) {
        bytes.push_back(static_cast<char>(tag_of<Content>));
        NumberedWriter writer(bytes);
        writer.record(kHeadField, message.head);
        writer.record(kBodyField, content);
      },
      message.body);
  return bytes;
}

bool decode(std::string_view bytes, Message& message) {
  if (bytes.empty() || bytes.size() > limits::kRaftMessageBytesMax) return false;
  const auto tag = static_cast<RaftMessageTag>(bytes.front());
  bytes.remove_prefix(1);
  switch (tag) {
    case RaftMessageTag::vote_request: return read<VoteRequest>(bytes, message);
    case RaftMessageTag::vote_answer: return read<VoteAnswer>(bytes, message);
    case RaftMessageTag::append: return read<Append>(bytes, message);
    case RaftMessageTag::append_answer: return read<AppendAnswer>(bytes, message);
    case RaftMessageTag::snapshot_piece: return read<SnapshotPiece>(bytes, message);
    case RaftMessageTag::snapshot_answer: return read<SnapshotAnswer>(bytes, message);
    case RaftMessageTag::campaign_now: return read<CampaignNow>(bytes, message);
    case RaftMessageTag::none: break;
  }
  return false;
}

}  // namespace warren::raft
