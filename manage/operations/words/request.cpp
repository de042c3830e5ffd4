#include "manage/operations/words/request.hpp"

#include "manage/operations/json/json.hpp"
#include "manage/operations/words/limits.hpp"

namespace warren::manage {

std::string request_line(const Request& request) {
  return json(Map{}.add("operation", request.operation).add("arguments", request.arguments));
}

Result<Request, std::string> read_request(std::string_view line) {
  if (line.size() > limits::kRequestBytesMax) return std::string("the request is too long");
  auto value = read_json(line);
  if (!value) return std::move(value.error());
  const Map* map = value->get<Map>();
  if (map == nullptr) return std::string("a request is an object");
  const std::string_view operation = text_of(*map, "operation");
  if (operation.empty()) return std::string("a request has the name of an operation");
  const Value* arguments = map->find("arguments");
  if (arguments != nullptr && arguments->get<Map>() == nullptr) return std::string("'arguments' is an object");
  return Request{std::string(operation), map_of(*map, "arguments")};
}

std::string answer_line(const Answer& answer) {
  if (answer) {
    std::string line = "{\"ok\":";
    write_json(*answer, line);
    return line += '}';
  }
  const Failure& failure = answer.error();
  Map map;
  map.add("error", failure.sentence).add("code", failure.code);
  if (!failure.kind.empty()) map.add("kind", failure.kind);
  if (!failure.details.is_null()) map.add("details", failure.details);
  return json(std::move(map));
}

Result<Answer, std::string> read_answer(std::string_view line) {
  auto value = read_json(line);
  if (!value) return std::move(value.error());
  Map* map = value->get<Map>();
  if (map == nullptr) return std::string("an answer is an object");
  for (auto& [name, held] : map->entries)
    if (name == "ok") return Answer(std::move(held));
  Failure failure{std::string(text_of(*map, "error")), kUnavailable, std::string(text_of(*map, "kind")), {}};
  if (failure.sentence.empty()) return std::string("an answer says 'ok' or 'error'");
  if (const Value* code = map->find("code"))
    if (const auto* number = code->get<std::int64_t>(); number != nullptr && *number > 0 && *number < 256)
      failure.code = static_cast<int>(*number);
  if (const Value* details = map->find("details")) failure.details = *details;
  return Answer(std::move(failure));
}

}  // namespace warren::manage
