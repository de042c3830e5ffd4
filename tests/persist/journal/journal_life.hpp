// Writes and reads journals in tests.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "persist/journal/reader.hpp"
#include "persist/journal/writer.hpp"

namespace warren::persist {

inline JournalSettings small_settings(std::uint64_t segment_bytes = 8192) {
  JournalSettings settings;
  settings.shard = 3;
  settings.segment_bytes = segment_bytes;
  settings.salt_seed = 77;
  return settings;
}

// What read_journal handed out.
struct ReadBack {
  std::vector<std::string> payloads;
  std::vector<ChunkPlace> places;
  JournalReport report;
};

inline ReadBack read_all(Folder& folder, JournalStart start = {}, std::uint32_t shard = 3) {
  ReadBack back;
  auto report = read_journal(folder, shard, start, [&](ChunkPlace place, std::string_view payload) {
    back.places.push_back(place);
    back.payloads.emplace_back(payload);
  });
  REQUIRE(report.ok());
  back.report = std::move(*report);
  return back;
}

inline JournalWriter open_writer(Folder& folder, const JournalSettings& settings, JournalStart start = {}) {
  auto writer = JournalWriter::open(folder, settings, read_all(folder, start, settings.shard).report.tail);
  REQUIRE(writer.ok());
  return std::move(*writer);
}

inline AppendResult append(JournalWriter& writer, std::string_view payload) {
  ByteBuffer chunk = writer.blank();
  chunk.append(payload);
  return writer.append(std::move(chunk));
}

inline void sync(JournalWriter& writer) {
  SyncWork work = writer.begin_sync();
  Outcome outcome = work.run();
  writer.finish_sync(std::move(work), std::move(outcome));
}

inline std::string numbered(int number, std::size_t bytes = 100) {
  std::string payload = "chunk " + std::to_string(number) + " ";
  payload.resize(bytes, static_cast<char>('a' + number % 26));
  return payload;
}

}  // namespace warren::persist
