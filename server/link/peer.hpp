// Everything that goes on with one other node.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "server/link/link_types.hpp"
#include "server/link/parts/mail_stream.hpp"
#include "server/link/peer_line.hpp"

namespace warren::server {

// Two connections, and the stream of mail that outlives them.
class Peer : public std::enable_shared_from_this<Peer> {
 public:
  // Requires: the context outlives it, and it is closed before it goes.
  Peer(LinkContext& context, PeerAddress address);

  const PeerAddress& address() const { return address_; }
  void start();
  // The same node, perhaps elsewhere, perhaps with another stream.
  void update(PeerAddress address);
  void adopt(cluster::LinkPurpose purpose, std::shared_ptr<FrameSocket> socket);
  void send_control(std::string_view bytes);
  void send_mail(ShardIndex to_shard, const node::MailBatch& batch);
  // Forgets the stream. The other side learns it when it connects again.
  void reset();
  // As if the network broke: for tests.
  void break_connections();
  void close();

 private:
  cluster::Greeting greeting() const { return mail_.greeting(context_.self, context_.incarnation); }
  bool on_control_greeting(const cluster::Greeting& heard);
  bool on_mail_greeting(const cluster::Greeting& told, const cluster::Greeting& heard);
  void on_control(cluster::LinkFrame kind, std::string_view payload);
  void on_mail_line(cluster::LinkFrame kind, std::string_view payload);
  void on_mail(std::string_view payload);
  void acknowledge();
  void acknowledge_soon();
  void spoiled(const char* why);
  // Not from inside a call from outside.
  void tell_lost();

  LinkContext& context_;
  PeerAddress address_;
  MailStream mail_;
  std::shared_ptr<PeerLine> control_line_;
  std::shared_ptr<PeerLine> mail_line_;
  boost::asio::steady_timer acknowledge_timer_;
  bool acknowledging_ = false;  // the timer runs
  bool closed_ = false;
};

}  // namespace warren::server
