#include "tests/broker/session/mail_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <variant>
#include <vector>

#include "tests/broker/session/method_reader.hpp"

namespace warren::broker::session::testing {
namespace {

std::string word(bool wanted, std::string_view text) { return wanted ? " " + std::string(text) : std::string(); }

struct CommandPrinter {
  std::string operator()(const Enqueue& c) {
    return fmt::format("enqueue '{}'", c.message->body()) +
           (c.sequence == 0 ? "" : fmt::format(" sequence={}", c.sequence));
  }
  std::string operator()(const Attach& c) {
    return fmt::format("attach consumer {} prefetch={}", c.consumer.value, c.prefetch) + word(c.no_ack, "no-ack") +
           word(c.exclusive, "exclusive") + word(c.paused, "paused") +
           (c.priority == 0 ? "" : fmt::format(" priority={}", c.priority));
  }
  std::string operator()(const Detach& c) { return fmt::format("detach consumer {}", c.consumer.value); }
  std::string operator()(const Get& c) { return "get" + word(c.no_ack, "no-ack"); }
  std::string operator()(const Settle& c) {
    static constexpr std::string_view kOutcomes[] = {"accepted", "requeued", "discarded", "returned"};
    return fmt::format("settle {}..{} {}", c.first, c.last, kOutcomes[static_cast<std::size_t>(c.outcome)]);
  }
  std::string operator()(const Replenish& c) { return fmt::format("replenish {}", c.bytes); }
  std::string operator()(const Pause& c) { return c.paused ? "pause" : "resume"; }
  std::string operator()(const Inspect& c) { return "inspect" + word(c.declared, "declared"); }
  std::string operator()(const Purge&) { return "purge"; }
  std::string operator()(const Stay&) { return "stay"; }
  std::string operator()(const Delete& c) {
    return "delete" + word(c.if_unused, "if-unused") + word(c.if_empty, "if-empty");
  }
};

struct ProposalPrinter {
  std::string operator()(const DeclareQueue& c) {
    return "declare queue " + c.queue.name + word(c.queue.durable, "durable") + word(c.queue.exclusive(), "exclusive") +
           word(c.queue.auto_delete, "auto-delete");
  }
  std::string operator()(const DeleteExclusiveQueues&) { return "delete exclusive queues"; }
  std::string operator()(const DeclareExchange& c) {
    return "declare exchange " + c.exchange.name + " " + c.exchange.type;
  }
  std::string operator()(const DeleteExchange& c) { return "delete exchange " + c.name; }
  std::string operator()(const Bind& c) {
    return fmt::format("bind {} to {} '{}'", c.destination, c.source, c.routing_key);
  }
  std::string operator()(const Unbind& c) {
    return fmt::format("unbind {} from {} '{}'", c.binding.destination, c.binding.source, c.binding.routing_key);
  }
  template <class Other>
  std::string operator()(const Other&) {
    return "something else";
  }
};

MessageRef message(std::string_view body) {
  MessageDraft draft("", "key", std::string_view("\0\0", 2), body.size(), {});
  draft.append(body);
  return draft.finish();
}

// The words of an event, its numbers and its body.
struct Phrase {
  explicit Phrase(std::string_view text) {
    while (!text.empty()) {
      if (text.front() == '\'') {
        body = take_quoted(text);
      } else {
        const std::string one(text.substr(0, text.find(' ')));
        text.remove_prefix(one.size());
        if (one.find_first_not_of("0123456789") == std::string::npos)
          numbers.push_back(std::stoull(one));
        else
          words += (words.empty() ? "" : " ") + one;
      }
      text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    }
  }
  std::uint64_t number(std::size_t place) const { return place < numbers.size() ? numbers[place] : 0; }
  std::uint32_t small(std::size_t place) const { return static_cast<std::uint32_t>(number(place)); }
  ConsumerId consumer(std::size_t place) const { return ConsumerId(small(place)); }

  std::string words;
  std::vector<std::uint64_t> numbers;
  std::string body;
};

using Verdict = DeleteAnswer::Verdict;
const std::map<std::string, Verdict>& verdicts() {
  static const std::map<std::string, Verdict> all = {{"may go with", Verdict::may_go},
                                                     {"in use", Verdict::in_use},
                                                     {"not empty", Verdict::not_empty},
                                                     {"gone", Verdict::gone}};
  return all;
}

}  // namespace

std::string print(const QueueCommand& command) { return std::visit(CommandPrinter{}, command); }
std::string print(const Command& command) { return std::visit(ProposalPrinter{}, command); }

std::optional<QueueEvent> read_event_text(QueueRef queue, ChannelRef channel, std::string_view text) {
  const Phrase p(text);
  if (p.words == "delivery of consumer" || p.words == "delivery of consumer redelivered")
    return Delivery{message(p.body), queue, p.number(0), channel, p.consumer(1), p.words.ends_with("redelivered")};
  if (p.words == "confirmed to") return Confirmed{channel, p.number(0), p.number(1)};
  if (p.words == "rejected to") return Rejected{channel, p.number(0), p.number(1)};
  if (p.words == "attached consumer") return Attached{queue, channel, p.consumer(1), ConsumerSlot(p.number(0))};
  if (p.words == "refused consumer") return AttachRefused{queue, channel, p.consumer(0), false};
  if (p.words == "gone for consumer") return AttachRefused{queue, channel, p.consumer(0), true};
  if (p.words == "detached consumer") return Detached{queue, channel, p.consumer(0)};
  if (p.words == "paused consumer") return Paused{queue, channel, p.consumer(0)};
  if (p.words == "lost consumer") return ConsumerLost{queue, channel, p.consumer(0)};
  if (p.words == "empty") return GetAnswer{{}, queue, 0, channel, 0, false, false, false};
  if (p.words == "got and left")
    return GetAnswer{message(p.body), queue, p.number(0), channel, p.small(1), false, false, false};
  if (p.words == "has messages and consumers") return Counted{queue, channel, p.small(0), p.small(1), false};
  if (p.words == "is no more") return Counted{queue, channel, 0, 0, true};
  if (p.words == "purged") return Purged{queue, channel, p.small(0), false};
  if (const auto verdict = verdicts().find(p.words); verdict != verdicts().end())
    return DeleteAnswer{queue, channel, verdict->second, p.small(0)};
  return std::nullopt;
}

}  // namespace warren::broker::session::testing
