// A copy on a table, and shipments for it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mirror/copy.hpp"
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

  broker::RecordWriter journal;
  std::vector<MirrorMail> mail;
  std::vector<broker::ChunkKey> erased;
  CopyLanes lanes{journal, 4, mail, erased};
  Now now{1000, 50};
  Copy copy{{QueueId(7), Epoch(1)}, 1, true};
};

}  // namespace warren::mirror::testing
