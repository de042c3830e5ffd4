#include "tools/perf/client/confirm_window.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace warren::perf {

namespace {

std::vector<std::uint64_t> answer(ConfirmWindow& window, std::uint64_t tag, bool multiple) {
  std::vector<std::uint64_t> tags;
  const bool known = window.answer(tag, multiple, [&](std::uint64_t one, std::uint64_t) { tags.push_back(one); });
  CHECK(known == !tags.empty());
  return tags;
}

}  // namespace

TEST_CASE("no more may be sent than wait for a confirm") {
  ConfirmWindow window(2);
  CHECK(window.room() == 2);
  window.sent(10);
  window.sent(20);
  CHECK(window.room() == 0);
  CHECK(answer(window, 1, false) == std::vector<std::uint64_t>{1});
  CHECK(window.room() == 1);
  CHECK(window.in_flight() == 1);
}

TEST_CASE("one answer may be for many, in any order") {
  ConfirmWindow window(10);
  for (int i = 0; i < 6; ++i) window.sent(0);
  CHECK(answer(window, 3, false) == std::vector<std::uint64_t>{3});
  CHECK(answer(window, 4, true) == std::vector<std::uint64_t>{1, 2, 4});
  CHECK(answer(window, 0, true) == std::vector<std::uint64_t>{5, 6});
  CHECK(window.in_flight() == 0);
}

TEST_CASE("answers to nothing are noticed") {
  ConfirmWindow window(10);
  window.sent(0);
  CHECK(answer(window, 2, false).empty());
  CHECK(answer(window, 1, false).size() == 1);
  CHECK(answer(window, 1, false).empty());
  CHECK(answer(window, 0, true).empty());
}

TEST_CASE("an answer says when its publish was sent") {
  ConfirmWindow window(1);
  window.sent(77);
  std::uint64_t sent_ns = 0;
  CHECK(window.answer(1, false, [&](std::uint64_t, std::uint64_t at) { sent_ns = at; }));
  CHECK(sent_ns == 77);
}

TEST_CASE("one that is never answered does not let the window run over it") {
  ConfirmWindow window(2);
  window.sent(0);
  std::uint64_t tag = 1;
  while (window.room() > 0) {
    window.sent(0);
    answer(window, ++tag, false);
  }
  CHECK(tag < 20);
  CHECK(answer(window, 1, false).size() == 1);
  CHECK(window.room() == 2);
}

}  // namespace warren::perf
