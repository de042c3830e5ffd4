// What surrounds a session during one step: the facts it may read and the places for its effects.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/limits.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/exchange/router.hpp"
#include "broker/session/connection_counts.hpp"
#include "broker/session/mail.hpp"

namespace warren::broker::session {

// The rules that the operator set. Names as in rabbitmq.conf.
struct SessionSettings {
  std::string node_name = "warren@localhost";
  std::string cluster_name = "warren@localhost";
  std::uint32_t frame_max = limits::kFrameBytesMaxDefault;  // 0: no limit
  std::uint16_t channel_max = limits::kChannelsMaxDefault;  // 0: no limit
  std::uint16_t heartbeat_s = limits::kHeartbeatDefault_s;  // 0: none offered
  std::uint64_t max_message_size = limits::kBodyBytesMaxDefault;
  std::int64_t consumer_timeout_ms = 1'800'000;  // 0: none
  std::int64_t handshake_timeout_ms = 10'000;
  std::uint32_t consumer_max_per_channel = 0;  // 0: no limit
  std::vector<std::string> auth_mechanisms = {"PLAIN", "AMQPLAIN"};
  std::string queue_master_locator = "client-local";  // one that rules/placement knows
  std::set<std::string> loopback_users = {"guest"};
};

enum Alarm : std::uint8_t { kNoAlarm = 0, kMemoryAlarm = 1, kDiskAlarm = 2 };

// Made by the host for each step. Sessions append effects and change nothing else.
struct SessionContext {
  const SessionSettings& settings;
  const Catalog& catalog;
  Router& router;
  Rng& rng;
  const Now& now;
  std::uint8_t alarms = kNoAlarm;  // set of Alarm
  bool publish_lane_full = false;  // mail to some other shard is at its bound: publishers pause

  std::vector<QueueMail>& queue_mail;
  std::vector<Propose>& proposals;
  std::vector<Letter>& letters;
  std::vector<Remember>& memories;
  std::vector<std::string>& log;
  const ConnectionCounts* connections = nullptr;  // null: nobody counts them
};

}  // namespace warren::broker::session
