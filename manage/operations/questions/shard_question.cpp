#include "manage/operations/questions/shard_question.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "manage/operations/json/json.hpp"
#include "manage/operations/words/limits.hpp"

namespace warren::manage {
namespace {

constexpr std::array<std::string_view, 6> kSubjects{"queues",    "connections", "channels",
                                                    "consumers", "moves",       "comparison"};

// Pairs of numbers.
List list_of(const std::vector<QueueMove>& moves) {
  List list;
  for (const QueueMove& move : moves) list.emplace_back(List{move.queue.value, move.to.value});
  return list;
}

// Of a comparison: which queue, and how long it may take. False: neither is a number that makes sense.
bool read_comparison(const Map& map, ShardQuestion& question) {
  const Value* queue = map.find("queue");
  const Value* within = map.find("within_ms");
  const auto* number = queue == nullptr ? nullptr : queue->get<std::int64_t>();
  const auto* time = within == nullptr ? nullptr : within->get<std::int64_t>();
  if (number == nullptr || time == nullptr || *number <= 0) return false;
  if (*time < 0 || *time > limits::kComparisonMax_ms) return false;
  question.queue = QueueId(static_cast<std::uint64_t>(*number));
  question.within_ms = static_cast<std::uint32_t>(*time);
  return true;
}

std::optional<QueueMove> read_move(const Value& value) {
  const List* pair = value.get<List>();
  if (pair == nullptr || pair->size() != 2) return std::nullopt;
  const auto* queue = (*pair)[0].get<std::int64_t>();
  const auto* node = (*pair)[1].get<std::int64_t>();
  if (queue == nullptr || node == nullptr || *queue <= 0 || *node <= 0) return std::nullopt;
  if (*node > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return QueueMove{QueueId(static_cast<std::uint64_t>(*queue)), NodeId(static_cast<std::uint32_t>(*node))};
}

}  // namespace

std::string question_line(const ShardQuestion& question) {
  List columns;
  for (const std::string& column : question.columns) columns.emplace_back(column);
  Map map;
  map.add("subject", kSubjects[static_cast<std::size_t>(question.subject)]);
  map.add("vhost", question.vhost).add("columns", std::move(columns));
  if (!question.moves.empty()) map.add("moves", list_of(question.moves));
  if (question.queue) map.add("queue", question.queue.value).add("within_ms", question.within_ms);
  return json(std::move(map));
}

Result<ShardQuestion, std::string> read_question(std::string_view line) {
  if (line.size() > limits::kRequestBytesMax) return std::string("the question is too long");
  auto value = read_json(line);
  if (!value) return std::move(value.error());
  const Map* map = value->get<Map>();
  if (map == nullptr) return std::string("a question is an object");
  const auto* subject = std::ranges::find(kSubjects, text_of(*map, "subject"));
  if (subject == kSubjects.end()) return std::string("a question has a subject");
  ShardQuestion question{static_cast<Subject>(subject - kSubjects.begin()), std::string(text_of(*map, "vhost")), {}};
  for (const Value& column : list_of(*map, "columns")) {
    const auto* name = column.get<std::string>();
    if (name == nullptr) return std::string("a column is a text");
    question.columns.push_back(*name);
  }
  if (question.columns.size() > limits::kColumnsMax) return std::string("too many columns");
  for (const Value& value : list_of(*map, "moves")) {
    const std::optional<QueueMove> move = read_move(value);
    if (!move) return std::string("a move is a pair of a queue's number and a node's");
    question.moves.push_back(*move);
  }
  if (question.moves.size() > limits::kMovesMax) return std::string("too many moves");
  if (question.subject == Subject::comparison && !read_comparison(*map, question))
    return std::string("a comparison is of a queue, by its number, and takes a bounded time");
  return question;
}

std::string rows_line(const Rows& rows) {
  List list;
  list.reserve(rows.size());
  for (const Row& row : rows) list.emplace_back(List{row.order, row.cells});
  return json(std::move(list));
}

Result<Rows, std::string> read_rows(std::string_view line) {
  if (line.size() > limits::kAnswerBytesMax) return std::string("too many rows");
  auto value = read_json(line);
  if (!value) return std::move(value.error());
  List* list = value->get<List>();
  if (list == nullptr) return std::string("rows are a list");
  Rows rows;
  rows.reserve(list->size());
  for (Value& element : *list) {
    List* pair = element.get<List>();
    const bool is_pair = pair != nullptr && pair->size() == 2;
    const auto* order = is_pair ? (*pair)[0].get<std::string>() : nullptr;
    Map* cells = is_pair ? (*pair)[1].get<Map>() : nullptr;
    if (order == nullptr || cells == nullptr) return std::string("a row is a pair of its order and its cells");
    rows.push_back({*order, std::move(*cells)});
  }
  return rows;
}

}  // namespace warren::manage
