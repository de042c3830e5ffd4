// What is asked of a node and what it answers. On the control socket each is one line of JSON:
//   {"operation":"add_vhost","arguments":{"name":"v"}}
//   {"ok":VALUE}   or   {"error":"a sentence","code":65,"kind":"no_such_vhost","details":VALUE}
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "manage/operations/words/exit_codes.hpp"
#include "manage/operations/words/value.hpp"

namespace warren::manage {

struct Request {
  std::string operation;
  Map arguments;
};

struct Failure {
  std::string sentence;  // for people
  int code = kUnavailable;
  std::string kind;  // for programs; empty: none
  Value details;
};

using Answer = Result<Value, Failure>;

// Without the line's end. Reading checks the form alone; whether the operation exists is for those who carry it out.
std::string request_line(const Request& request);
Result<Request, std::string> read_request(std::string_view line);
std::string answer_line(const Answer& answer);
Result<Answer, std::string> read_answer(std::string_view line);

}  // namespace warren::manage
