// What every shard of every running node is asked for a listing, and what it answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "manage/operations/words/value.hpp"

namespace warren::manage {

enum class Subject : std::uint8_t { queues, connections, channels, consumers };

struct ShardQuestion {
  Subject subject = Subject::queues;
  std::string vhost;                 // empty: all
  std::vector<std::string> columns;  // names of columns that exist
};

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
