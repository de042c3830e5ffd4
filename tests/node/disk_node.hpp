// A node with a disk in one thread: shards, their journals in a folder in memory, a store in memory. Clients are
// strings. It can lose its power and begin again.
#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amqp/frame_reader.hpp"
#include "amqp/frame_writer.hpp"
#include "amqp/methods.hpp"
#include "base/password.hpp"
#include "node/shard.hpp"
#include "node/storage/execute.hpp"
#include "node/storage/recovery/recovery.hpp"
#include "persist/journal/writer.hpp"
#include "tests/broker/session/method_reader.hpp"
#include "tests/persist/memory_folder.hpp"
#include "tests/persist/memory_store.hpp"

namespace warren::node::testing {

inline StorageSettings small_storage() {
  StorageSettings settings;
  settings.enabled = true;
  settings.hot_bytes = 20'000;
  settings.chunk_bytes = 2'000;
  settings.job_bytes = 10'000;
  settings.segments_kept = 1;
  return settings;
}

class DiskNode {
 public:
  explicit DiskNode(ShardIndex shards = 1, const StorageSettings& storage = small_storage()) : storage_(storage) {
    begin(shards);
  }

  persist::MemoryFolder folder;
  persist::MemoryStore store;
  std::vector<std::string> log;

  Shard& shard(ShardIndex index) { return *hosts_[index].shard; }
  std::size_t queues() const {
    std::size_t all = 0;
    for (const Host& host : hosts_) all += host.shard->queues();
    return all;
  }

  // All that is not on the disk is gone; then the node begins again.
  void restart(ShardIndex shards) {
    hosts_.clear();
    posts_.clear();
    sent_.clear();
    folder.lose_power();
    begin(shards);
  }

  void step(ShardIndex index, ShardInput input) {
    feed(index, std::move(input));
    settle();
  }
  void pass(std::int64_t ms) {
    now_.instant_ms += ms;
    now_.wall_s += ms / 1000;
    for (ShardIndex index = 0; index < hosts_.size(); ++index) step(index, Tick{});
  }
  // Nothing becomes durable until it is let go.
  void hold_syncs(bool hold) {
    holding_syncs_ = hold;
    settle();
  }
  // The store carries nothing out, and answers no read, until it is let go.
  void hold_store(bool hold) {
    holding_store_ = hold;
    settle();
  }

  // A client with one open channel. Its number tells its shard.
  SessionId connect(ShardIndex index) {
    const SessionId session(index * 1000ull + ++connected_);
    step(index, Accepted{session, {"client", true}});
    ByteBuffer bytes;
    bytes.append(amqp::kProtocolHeader);
    using broker::session::testing::append_method_text;
    append_method_text(bytes, 0, "connection.start-ok mechanism='PLAIN' response='\\x00guest\\x00guest'");
    append_method_text(bytes, 0, "connection.tune-ok channel-max=10 frame-max=131072");
    append_method_text(bytes, 0, "connection.open virtual-host='/'");
    append_method_text(bytes, 1, "channel.open");
    step(index, Received{session, bytes.view()});
    take(session);
    return session;
  }
  void send(SessionId session, std::string_view method) {
    ByteBuffer bytes;
    REQUIRE(broker::session::testing::append_method_text(bytes, 1, method));
    step(shard_of(session), Received{session, bytes.view()});
  }
  void publish(SessionId session, std::string_view queue, std::string_view body, bool persistent = true) {
    ByteBuffer bytes;
    broker::session::testing::append_method_text(bytes, 1, "basic.publish routing-key='" + std::string(queue) + "'");
    // The delivery mode alone.
    const std::string_view properties = persistent ? std::string_view("\x10\x00\x02", 3) : std::string_view("\0\0", 2);
    amqp::append_content_header_frame(bytes, 1, body.size(), properties);
    amqp::append_body_frame(bytes, 1, body);
    step(shard_of(session), Received{session, bytes.view()});
  }
  // What a client was sent, as the names of methods, with bodies in quotes.
  std::string take(SessionId session) {
    std::string text;
    for (std::string& word : std::exchange(sent_[session], {})) text += (text.empty() ? "" : " ") + word;
    return text;
  }
  // One message after the other, as a client gets them: "a b*", those flagged redelivered with a star.
  std::string drain(SessionId session, std::string_view queue) {
    std::string all;
    while (true) {
      send(session, "basic.get queue='" + std::string(queue) + "' no-ack=1");
      const std::string text = take(session);
      if (text.find('\'') == std::string::npos) return all;
      const bool again = text.starts_with("basic.get-ok*");
      const std::size_t begin = text.find('\'') + 1;
      all += (all.empty() ? "" : " ") + text.substr(begin, text.size() - begin - 1) + (again ? "*" : "");
    }
  }

 private:
  struct Host {
    std::unique_ptr<Shard> shard;
    std::optional<persist::JournalWriter> journal;
    std::deque<std::pair<WriteNumber, std::uint64_t>> written;
    WriteNumber writes = 0;
    std::deque<StoreJob> jobs;
    std::deque<broker::ChunkLoad> loads;
  };

  static ShardIndex shard_of(SessionId session) { return static_cast<ShardIndex>(session.value / 1000); }

  void begin(ShardIndex shards) {
    Result<Recovered, persist::Trouble> recovered = recover(folder, store, shards, storage_, now_);
    REQUIRE(recovered.ok());
    for (std::string& line : recovered->log) log.push_back(std::move(line));
    hosts_.resize(shards);
    ++lives_;
    for (ShardIndex index = 0; index < shards; ++index) {
      RecoveredShard& part = recovered->shards[index];
      persist::JournalSettings journal;
      journal.shard = index;
      journal.segment_bytes = 8192;
      Result<persist::JournalWriter, persist::Trouble> writer =
          persist::JournalWriter::open(folder, journal, std::move(part.tail));
      REQUIRE(writer.ok());
      hosts_[index].journal.emplace(std::move(*writer));
      ShardSettings settings;
      settings.shard = index;
      settings.shards = shards;
      settings.memory_high_watermark_bytes = 1 << 30;
      settings.identity.incarnation = lives_;
      settings.image = recovered->image;
      if (index == kRegistrarShard) settings.agreement = recovered->agreement;
      settings.definitions = broker::default_definitions(hash_password("guest", 1));
      settings.storage = storage_;
      settings.queues = std::move(part.queues);
      settings.journal = std::move(part.journal);
      hosts_[index].shard = std::make_unique<Shard>(std::move(settings));
    }
    for (ShardIndex index = 0; index < shards; ++index) step(index, Tick{});
  }

  void feed(ShardIndex index, ShardInput input) {
    ShardEffects effects;
    hosts_[index].shard->step(std::move(input), now_, effects);
    Host& host = hosts_[index];
    for (ByteBuffer& write : effects.journal) {
      const persist::AppendResult result = host.journal->append(std::move(write));
      host.written.emplace_back(++host.writes, result.place.position);
      if (!result.new_segment) continue;
      feed(index, SegmentBegun{result.place.segment, host.journal->start_at(result.place.segment).position});
    }
    if (effects.free_before_segment != 0) host.journal->free_before(effects.free_before_segment);
    for (StoreJob& job : effects.jobs) host.jobs.push_back(std::move(job));
    for (const broker::ChunkLoad& load : effects.loads) host.loads.push_back(load);
    for (Post& post : effects.posts) posts_.push_back(std::move(post));
    for (std::string& line : effects.log) log.push_back(std::move(line));
    for (Write& write : effects.writes) {
      note(write);
      feed(index, Sent{write.session, write.output.size(), std::move(write.output)});
    }
  }

  // Mail, disk and store until all is quiet.
  void settle() {
    for (bool again = true; std::exchange(again, false);) {
      while (!posts_.empty()) {
        Post post = std::move(posts_.front());
        posts_.pop_front();
        feed(post.to, Arrived{std::move(post.batch)});
        again = true;
      }
      for (ShardIndex index = 0; index < hosts_.size(); ++index) again |= sync(index) || carry_out_store(index);
    }
  }
  bool sync(ShardIndex index) {
    Host& host = hosts_[index];
    if (holding_syncs_ || !host.journal->unsynced()) return false;
    persist::SyncWork work = host.journal->begin_sync();
    persist::Outcome outcome = work.run();
    host.journal->finish_sync(std::move(work), std::move(outcome));
    Durable durable;
    for (; !host.written.empty() && host.written.front().second <= host.journal->durable(); host.written.pop_front())
      durable.write = host.written.front().first;
    if (durable.write != 0) feed(index, std::move(durable));
    return durable.write != 0;
  }
  bool carry_out_store(ShardIndex index) {
    Host& host = hosts_[index];
    if (holding_store_) return false;
    if (!host.jobs.empty()) {
      JobDone done{std::move(host.jobs.front()), {}};
      host.jobs.pop_front();
      if (persist::Outcome outcome = execute(done.job, store); !outcome) done.trouble = outcome.error();
      feed(index, std::move(done));
      return true;
    }
    if (host.loads.empty()) return false;
    const broker::ChunkLoad load = host.loads.front();
    host.loads.pop_front();
    feed(index, read_chunk(load, store));
    return true;
  }

  void note(const Write& write) {
    amqp::FrameReader reader;
    reader.set_frame_max(0);
    reader.feed(write.output.bytes().view());
    amqp::Frame frame;
    while (reader.next(frame) == amqp::FrameReader::Next::frame) {
      std::vector<std::string>& words = sent_[write.session];
      if (frame.is(amqp::FrameType::method)) {
        words.emplace_back(amqp::method_name(amqp::method_id(frame.payload)));
        // Identity of the method (4), delivery tag (8), then the flag.
        if (words.back() == "basic.get-ok" && frame.payload[12] != 0) words.back() += '*';
      }
      if (frame.is(amqp::FrameType::body)) words.push_back("'" + std::string(frame.payload) + "'");
    }
  }

  StorageSettings storage_;
  Now now_{1000, 1'700'000'000};
  std::vector<Host> hosts_;
  std::deque<Post> posts_;
  std::uint64_t lives_ = 0;
  bool holding_syncs_ = false;
  bool holding_store_ = false;
  std::map<SessionId, std::vector<std::string>> sent_;
  std::uint64_t connected_ = 0;
};

}  // namespace warren::node::testing
