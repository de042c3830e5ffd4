// Answers what other nodes ask: who this is, whether a node may come in, or leave.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/catalog/catalog.hpp"
#include "node/cluster/ask/ask_messages.hpp"
#include "node/cluster/registrar.hpp"

namespace warren::node {

// By the driver's number of the question.
struct AskReply {
  std::uint64_t ask = 0;
  std::string answer;
};

// Requires: the catalog outlives it.
class AskDesk {
 public:
  AskDesk(const Identity& identity, const broker::Catalog& catalog, std::string cluster_name)
      : identity_(identity), catalog_(catalog), cluster_name_(std::move(cluster_name)) {}

  // Asks the registrar where it must; the reply comes with its answer.
  void asked(std::uint64_t ask, std::string_view question, Registrar& registrar, Instant now);
  // An answer to a request of this desk. False: it was somebody else's.
  bool answered(const RequestAnswer& answer);
  std::vector<AskReply> take_replies() { return std::exchange(replies_, {}); }
  // Tells those who leave that the group has parted from them, once it has, or does not in time.
  void look(const Registrar& registrar, Instant now);

 private:
  struct Waiting {
    std::uint64_t ask = 0;
    std::string joiner;  // empty: somebody leaves
    NodeId leaver = {};
  };
  struct Parting {
    std::uint64_t ask = 0;
    NodeId leaver;
    Instant until = kNever;  // set with the first look
  };

  void on(std::uint64_t ask, const WhoQuestion& question, Registrar& registrar, Instant now);
  void on(std::uint64_t ask, const JoinQuestion& question, Registrar& registrar, Instant now);
  void on(std::uint64_t ask, const LeaveQuestion& question, Registrar& registrar, Instant now);
  template <class Other>
  void on(std::uint64_t ask, const Other&, Registrar&, Instant) {
    replies_.push_back({ask, {}});
  }
  void reply(std::uint64_t ask, const AskMessage& answer) { replies_.push_back({ask, encode(answer)}); }
  JoinAnswer welcome(std::string_view name) const;
  RequestNumber next();

  const Identity identity_;
  const broker::Catalog& catalog_;
  std::string cluster_name_;
  std::map<RequestNumber, Waiting> waiting_;
  std::vector<Parting> parting_;
  RequestNumber last_ = 0;
  std::vector<AskReply> replies_;
};

}  // namespace warren::node
