#include "tools/ctl/banner.hpp"

#include <fmt/core.h>

#include "tools/ctl/print/cells.hpp"

namespace warren::ctl {
namespace {

// "0.4", "1GB bytes", "1.5 times the total RAM"
std::string limit_in_words(const Invocation& invocation) {
  const std::string limit(manage::text_of(invocation.arguments, "limit"));
  const std::string amount(manage::text_of(invocation.arguments, "amount"));
  if (limit == "mem_relative") return amount + " times the total RAM";
  if (limit == "absolute") return amount + " bytes";
  return invocation.operation->name == "set_disk_free_limit" ? limit + " bytes" : limit;
}

std::string meant(std::string_view name, const Invocation& invocation, const BannerFacts& facts) {
  constexpr std::int64_t kMillisecondsPerSecond = 1000;
  if (name == "node") return facts.node;
  if (name == "pid") return facts.pid ? fmt::format("{}", *facts.pid) : "(not known)";
  if (name == "timeout") return fmt::format("{}", facts.timeout_ms);
  if (name == "timeout_s") return fmt::format("{}", facts.timeout_ms / kMillisecondsPerSecond);
  if (name == "limit_in_words") return limit_in_words(invocation);
  const manage::Value* value = invocation.arguments.find(name);
  if (value != nullptr) return cell(*value);
  return name == "vhost" ? "/" : "[]";
}

}  // namespace

std::string banner(const Invocation& invocation, const BannerFacts& facts) {
  std::string out;
  std::string_view left = invocation.operation->banner;
  for (;;) {
    const std::size_t open = left.find('{');
    out += left.substr(0, open);
    if (open == std::string_view::npos) return out;
    left.remove_prefix(open + 1);
    const std::size_t close = left.find('}');
    out += meant(left.substr(0, close), invocation, facts);
    left.remove_prefix(close + 1);
  }
}

}  // namespace warren::ctl
