// Alarms in words, for the log and for operators.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace warren::node {

// "memory", "disk": those of a set of broker::session::Alarm.
std::vector<std::string> alarm_names(std::uint8_t alarms);

// A line for each of the `changed` alarms of that node, which now are `alarms`.
std::vector<std::string> alarm_news(std::string_view node, std::uint8_t changed, std::uint8_t alarms);

// A line for each alarm that was `before` and is not any more, on any node.
std::vector<std::string> all_clear_news(std::uint8_t before, std::uint8_t now);

}  // namespace warren::node
