// One question, one answer, over a connection of their own: for nodes that are not members of one cluster yet.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "server/link/dial.hpp"
#include "server/link/link_types.hpp"

namespace warren::server {

// With the answer, or with one sentence that says why there is none.
using AskOutcome = std::function<void(bool ok, std::string answer_or_sentence)>;

// Both sides of it: questions of this node, and those of others, which wait here for their answers.
class AskDesk {
 public:
  // Requires: the context outlives it.
  explicit AskDesk(LinkContext& context) : context_(context) {}

  // The outcome is called once, later, unless the desk is closed before.
  void ask(DialTo to, std::string question, AskOutcome outcome);
  // Somebody wants to ask, and was made sure of.
  void admit(std::shared_ptr<FrameSocket> socket);
  // Answers a question that was heard of by LinkEvents::asked. If who asked is gone nothing happens.
  void reply(std::uint64_t ask, std::string_view answer);
  void close();

 private:
  struct Question;
  struct Waiting {
    std::shared_ptr<FrameSocket> socket;
    std::shared_ptr<boost::asio::steady_timer> deadline;
    bool asked = false;
  };

  void on_question(std::uint64_t ask, cluster::LinkFrame kind, std::string_view payload);
  void forget(std::uint64_t ask);

  LinkContext& context_;
  std::uint64_t asks_ = 0;
  std::map<std::uint64_t, Waiting> waiting_;
  std::map<std::uint64_t, std::shared_ptr<Question>> questions_;
};

}  // namespace warren::server
