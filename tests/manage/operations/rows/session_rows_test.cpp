#include "manage/operations/rows/session_rows.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/manage/operations/rows/surroundings.hpp"

namespace warren::manage::testing {
namespace {

Rows rows_of(const Rig& rig, Subject subject, std::string vhost) {
  Rows rows;
  add_session_rows(about(subject, {"vhost"}, std::move(vhost)), {rig.catalog, rig.session}, rows);
  return rows;
}

}  // namespace

TEST_CASE("sessions of other vhosts are not asked for") {
  Rig rig;
  rig.open();
  for (const Subject subject : {Subject::connections, Subject::channels}) {
    CHECK(rows_of(rig, subject, "/").size() == 1);
    CHECK(rows_of(rig, subject, "").size() == 1);
    CHECK(rows_of(rig, subject, "other").empty());
  }
  CHECK(rows_of(rig, Subject::consumers, "/").empty());
}

TEST_CASE("a row per channel and per consumer, in order") {
  Rig rig;
  rig.declare_on(NodeId(1), "q");
  rig.open();
  ByteBuffer bytes;
  append_method_text(bytes, 2, "channel.open");
  append_method_text(bytes, 10, "channel.open");
  append_method_text(bytes, 10, "basic.consume queue='q' consumer-tag='c'");
  append_method_text(bytes, 2, "basic.consume queue='q' consumer-tag='c'");
  rig.session.receive(bytes.view(), rig.context);
  Rows channels;
  add_session_rows(about(Subject::channels, {"number"}), {rig.catalog, rig.session}, channels);
  std::ranges::sort(channels, {}, &Row::order);
  REQUIRE(channels.size() == 3);
  CHECK(text_of(channels[1]) == R"({"number":2})");
  CHECK(text_of(channels[2]) == R"({"number":10})");
  CHECK(rows_of(rig, Subject::consumers, "/").size() == 2);
}

}  // namespace warren::manage::testing
