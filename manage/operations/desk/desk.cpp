#include "manage/operations/desk/desk.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "manage/operations/words/limits.hpp"

namespace warren::manage {
namespace {

// What a row takes in memory and in the answer, about.
std::size_t bytes_of(const Row& row) {
  constexpr std::size_t kPerCell = 32;
  std::size_t bytes = row.order.size();
  for (const auto& [name, value] : row.cells.entries) {
    const auto* text = value.get<std::string>();
    const auto* map = value.get<Map>();
    bytes +=
        kPerCell + name.size() + (text == nullptr ? 0 : text->size()) + (map == nullptr ? 0 : map->size() * kPerCell);
  }
  return bytes;
}

Answer check(const Request& request, const DeskFacts& facts, const Operation*& operation) {
  operation = find_operation(request.operation);
  if (operation == nullptr)
    return Failure{fmt::format("there is no operation '{}'", request.operation), kUsage, "unknown_operation", {}};
  if (auto mistake = mistake_in(*operation, request.arguments)) return std::move(*mistake);
  if (operation->app == App::running && !facts.app_running) return refused(Reason::app_must_run);
  if (operation->app == App::stopped && facts.app_running) return refused(Reason::app_must_stop);
  return Value();
}

// What the registrar's answer means to who asked.
struct Told {
  Value when_done;
  Answer (*read)(const ClusterFacts&, const Map& arguments);
  Map arguments;

  Answer operator()(Done) { return std::move(when_done); }
  Answer operator()(std::string& sentence) { return Value(std::move(sentence)); }
  Answer operator()(const ClusterFacts& facts) {
    return read == nullptr ? Answer(value_of(facts)) : read(facts, arguments);
  }
  Answer operator()(const NodeFacts& facts) { return value_of(facts); }
  Answer operator()(Failure& failure) { return std::move(failure); }
  Answer operator()(const broker::Refusal& refusal) { return refused(refusal); }
};

}  // namespace

void Desk::take(Ticket ticket, const Request& request, const DeskFacts& facts, DeskEffects& effects) {
  const Operation* operation = nullptr;
  Answer checked = check(request, facts, operation);
  if (checked && waiting_.size() >= limits::kWaitingRequestsMax)
    checked = Failure{"too many requests wait for their answers; try again", kTemporary, "busy", {}};
  if (!checked) return effects.replies.push_back({ticket, std::move(checked)});
  go_on(ticket, need_of(*operation, request.arguments, facts), effects);
}

void Desk::go_on(Ticket ticket, Need need, DeskEffects& effects) {
  if (Answer* answer = std::get_if<Answer>(&need)) return effects.replies.push_back({ticket, std::move(*answer)});
  Need& kept = waiting_.insert_or_assign(ticket, Waiting{std::move(need), {}}).first->second.need;
  if (const NeedRows* rows = std::get_if<NeedRows>(&kept))
    effects.shard_questions.push_back({ticket, rows->question, rows->of_own_node});
  if (NeedRegistrar* registrar = std::get_if<NeedRegistrar>(&kept))
    effects.registrar_requests.push_back({ticket, std::move(registrar->request)});
}

void Desk::rows_came(Ticket ticket, Rows rows) {
  const auto found = waiting_.find(ticket);
  if (found == waiting_.end()) return;
  Waiting& waiting = found->second;
  for (const Row& row : rows) waiting.bytes += bytes_of(row);
  waiting.too_many = waiting.too_many || waiting.bytes > limits::kAnswerBytesMax;
  if (waiting.too_many) return Rows().swap(waiting.rows);
  std::ranges::move(rows, std::back_inserter(waiting.rows));
}

void Desk::all_rows_came(Ticket ticket, const DeskFacts& facts, DeskEffects& effects) {
  const auto found = waiting_.find(ticket);
  const NeedRows* need = found == waiting_.end() ? nullptr : std::get_if<NeedRows>(&found->second.need);
  if (need == nullptr) return;
  if (need->add_down) rows_came(ticket, down_queues(need->question, facts.catalog));
  Waiting waiting = std::move(found->second);
  waiting_.erase(found);
  need = &std::get<NeedRows>(waiting.need);
  if (waiting.too_many) {
    Failure failure{
        "the list is too long: ask for fewer columns, or for one virtual host", kUnavailable, "too_long", {}};
    return effects.replies.push_back({ticket, std::move(failure)});
  }
  std::ranges::sort(waiting.rows, {}, &Row::order);
  if (need->conclude != nullptr) return go_on(ticket, need->conclude(waiting.rows, need->arguments, facts), effects);
  List list;
  list.reserve(waiting.rows.size());
  for (Row& row : waiting.rows) list.emplace_back(std::move(row.cells));
  effects.replies.push_back({ticket, Value(std::move(list))});
}

void Desk::registrar_answered(Ticket ticket, RegistrarAnswer answer, DeskEffects& effects) {
  const auto found = waiting_.find(ticket);
  NeedRegistrar* need = found == waiting_.end() ? nullptr : std::get_if<NeedRegistrar>(&found->second.need);
  if (need == nullptr) return;
  Told told{std::move(need->when_done), need->read, std::move(need->arguments)};
  waiting_.erase(found);
  effects.replies.push_back({ticket, std::visit(told, answer)});
}

}  // namespace warren::manage
