// A copy on a table, and shipments for it.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirror/copy.hpp"
#include "node/storage/recovery/recovered_queues.hpp"
#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::mirror::testing {

struct CopyTable {
  CopyTable() {
    ByteBuffer blank;
    blank.extend(64);
    blank.clear();
    journal.begin(std::move(blank));
  }
  static Shipment shipment(std::uint64_t number, std::string_view bytes, Serial serial = 5) {
    auto records = std::make_shared<ByteBuffer>();
    records->append(bytes);
    return {serial, number, std::move(records), false};
  }
  static std::string records(Position position, std::string_view key, bool persistent = true) {
    ByteBuffer blank;
    blank.extend(64);
    blank.clear();
    broker::RecordWriter writer;
    writer.begin(std::move(blank));
    broker::MessageTraits traits;
    traits.persistent = persistent;
    writer.enqueue(QueueId(7), position, broker::testing::message(key, 3, traits), kNever);
    return std::string(writer.take().view());
  }
  bool lost() {
    const bool lost = !mail.empty() && std::holds_alternative<Lost>(mail.back().content);
    mail.clear();
    return lost;
  }
  // What is there after a crash now, with these chunks in the store.
  std::vector<broker::Range> recovered(const std::vector<broker::ChunkNote>& notes) const {
    node::RecoveredQueues queues;
    for (const broker::ChunkNote& note : notes) queues.add(note);
    broker::RecordWalk walk(journal.view());
    while (const broker::ReadRecord* record = walk.next()) CHECK(queues.apply(*record));
    CHECK(walk.ok());
    std::vector<broker::Range> ranges;
    queues.take([&](broker::RecoveredQueue queue) {
      const broker::QueueContents contents = broker::contents_of(std::move(queue), 1, Now{1000, 50});
      broker::add_live(
          contents.keeper->shelf(), [](broker::Level, Position) { return true; }, ranges);
      for (const broker::Queued& queued : contents.messages) ranges.push_back({queued.position, queued.position});
    });
    return broker::Ranges::of(std::move(ranges)).all();
  }

  broker::RecordWriter journal;
  std::vector<MirrorMail> mail;
  std::vector<broker::ChunkKey> erased;
  CopyLanes lanes{journal, 4, mail, erased};
  Now now{1000, 50};
  Copy copy{{QueueId(7), Epoch(1)}, 1, true};
};

}  // namespace warren::mirror::testing
