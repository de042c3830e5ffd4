// Needs of requests over the catalog of rows/surroundings.
#pragma once

#include "manage/operations/desk/desk.hpp"
#include "tests/manage/operations/rows/surroundings.hpp"

namespace warren::manage::testing {

inline DeskFacts facts_of(const Rig& rig, bool app_running = true) { return {rig.catalog, "a@h", app_running, 1}; }

inline Need need(const Rig& rig, std::string_view operation, const Map& arguments, bool app_running = true) {
  CAPTURE(operation);
  REQUIRE_FALSE(mistake_in(*find_operation(operation), arguments));
  return need_of(*find_operation(operation), arguments, facts_of(rig, app_running));
}

inline Failure failure(const Rig& rig, std::string_view operation, const Map& arguments, bool app_running = true) {
  const Need needed = need(rig, operation, arguments, app_running);
  const Answer* answer = std::get_if<Answer>(&needed);
  REQUIRE(answer != nullptr);
  REQUIRE_FALSE(answer->ok());
  return answer->error();
}

inline Value value(const Rig& rig, std::string_view operation, const Map& arguments) {
  const Need needed = need(rig, operation, arguments);
  const Answer* answer = std::get_if<Answer>(&needed);
  REQUIRE(answer != nullptr);
  REQUIRE(answer->ok());
  return **answer;
}

// What the registrar is asked.
template <class Kind>
Kind wish(const Rig& rig, std::string_view operation, const Map& arguments, bool app_running = true) {
  const Need needed = need(rig, operation, arguments, app_running);
  const auto* registrar = std::get_if<NeedRegistrar>(&needed);
  REQUIRE(registrar != nullptr);
  const Kind* found = std::get_if<Kind>(&registrar->request);
  REQUIRE(found != nullptr);
  return *found;
}

// What is proposed to it.
template <class Kind>
Kind proposal(const Rig& rig, std::string_view operation, const Map& arguments) {
  const auto propose = wish<ProposeCommand>(rig, operation, arguments);
  const Kind* found = std::get_if<Kind>(&propose.command);
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace warren::manage::testing
