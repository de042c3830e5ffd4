// What must be known before a request can be answered.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "broker/catalog/catalog.hpp"
#include "manage/operations/questions/refusals.hpp"
#include "manage/operations/questions/registrar_request.hpp"
#include "manage/operations/questions/shard_question.hpp"
#include "manage/operations/words/operation.hpp"

namespace warren::manage {

// What the desk knows when an input comes. Valid for the step only.
struct DeskFacts {
  const broker::Catalog& catalog;
  std::string_view node;  // the own name
  bool app_running = true;
  std::uint32_t salt = 0;  // for a password; random
};

struct NeedRegistrar {
  RegistrarRequest request;
  Value when_done = {};
  Answer (*read)(const ClusterFacts&, const Map& arguments) = nullptr;  // what of them is the answer; null: all
  Map arguments = {};
};

struct NeedRows;
// An Answer: nothing more is needed.
using Need = std::variant<Answer, NeedRows, NeedRegistrar>;

struct NeedRows {
  ShardQuestion question;
  bool of_own_node = false;  // else of all nodes that run
  bool add_down = false;     // queues whose node does not run are shown too
  // What follows from the rows; null: they are the answer.
  Need (*conclude)(const Rows& rows, const Map& arguments, const DeskFacts& facts) = nullptr;
  Map arguments = {};
};

// Requires: mistake_in found nothing, and the broker is as the operation wants it.
Need need_of(const Operation& operation, const Map& arguments, const DeskFacts& facts);

// ---- one list of handlers per kind of operation ----

struct Handler {
  std::string_view operation;
  Need (*need)(const Map& arguments, const DeskFacts& facts);
};
// Null: none is for that operation.
const Handler* handler_among(std::span<const Handler> handlers, std::string_view operation);
const Handler* cluster_handler(std::string_view operation);
const Handler* health_handler(std::string_view operation);
const Handler* tenant_handler(std::string_view operation);
const Handler* topic_handler(std::string_view operation);
const Handler* limit_handler(std::string_view operation);
const Handler* policy_handler(std::string_view operation);
const Handler* mirror_handler(std::string_view operation);
const Handler* rebalance_handler(std::string_view operation);
const Handler* listing_handler(std::string_view operation);

// Rows of what the catalog alone knows, by operation; the columns are those of the operation.
Rows down_queues(const ShardQuestion& question, const broker::Catalog& catalog);

// ---- what several handlers ask ----

// A change of the catalog, and what is answered once it is agreed on.
Need propose(broker::Command command, Value when_done = {});
std::string text_in(const Map& arguments, std::string_view name);
// "/" unless another is named.
std::string vhost_in(const Map& arguments);
std::optional<Failure> unknown_user(const Map& arguments, const DeskFacts& facts);
std::optional<Failure> unknown_vhost(const Map& arguments, const DeskFacts& facts);
// Of the arguments of these names, the first that is no pattern.
std::optional<Failure> bad_pattern(const Map& arguments, std::initializer_list<std::string_view> names);

// The columns asked for, or the usual ones.
std::vector<std::string> columns_in(const Columns& columns, const Map& arguments);

}  // namespace warren::manage
