// What every shard of every running node is asked for a listing, and what it answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "manage/operations/words/value.hpp"

namespace warren::manage {

// Moves are no listing: the owners of queues hand them over, and their rows say what became of it. For a comparison the
// owner of one queue compares it with its copies (compared_copies.hpp).
enum class Subject : std::uint8_t { queues, connections, channels, consumers, moves, comparison };

// The queue is to be owned by that node.
struct QueueMove {
  QueueId queue;
  NodeId to;
};

struct ShardQuestion {
  Subject subject = Subject::queues;
  std::string vhost;                 // empty: all
  std::vector<std::string> columns;  // names of columns that exist
  std::vector<QueueMove> moves = {};
  QueueId queue = {};           // to be compared
  std::uint32_t within_ms = 0;  // so long the answer may take
};

// The cells of a move that was tried: the numbers of queue and node, and whether that node owns it now.
inline constexpr std::string_view kMovedQueue = "queue";
inline constexpr std::string_view kMovedTo = "to";
inline constexpr std::string_view kWasMoved = "moved";

struct Row {
  std::string order;  // rows are sorted by it
  Map cells;          // by column, in the order asked for
};
using Rows = std::vector<Row>;

// As they travel between nodes. Reading refuses what is malformed; columns that are not known give empty cells.
std::string question_line(const ShardQuestion& question);
Result<ShardQuestion, std::string> read_question(std::string_view line);
std::string rows_line(const Rows& rows);
Result<Rows, std::string> read_rows(std::string_view line);

}  // namespace warren::manage
