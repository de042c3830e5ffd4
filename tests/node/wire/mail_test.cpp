#include "node/wire/mail.hpp"

#include <doctest/doctest.h>

#include <set>

#include "tests/broker/queue/stored/bytes.hpp"
#include "tests/node/wire/mail_samples.hpp"

namespace warren::mail_test {

using namespace warren::node;
using namespace warren::node::testing;
using broker::testing::literal;

namespace {

std::string bytes_of(const MailBatch& batch) {
  std::string bytes;
  encode(batch, bytes);
  return bytes;
}

bool reads(std::string_view bytes) {
  MailBatch batch;
  return decode(bytes, batch);
}

MailBatch there_and_back(const MailBatch& batch) {
  MailBatch back;
  REQUIRE(decode(bytes_of(batch), back));
  return back;
}

MailBatch with(broker::QueueCommand command) {
  MailBatch batch;
  batch.queue_mail.push_back({kQueue, std::move(command)});
  return batch;
}

broker::Enqueue enqueue(const broker::MessageRef& message) { return {message, kSession, kChannel, 0}; }

}  // namespace

TEST_CASE("mail has these bytes, for programs of all ages") {
  CHECK(bytes_of({}) == literal("\x00\x00\x00\x00\x00\x00\x00\x00"));
  MailBatch batch = with(broker::Enqueue{sample_message("hi"), kSession, kChannel, 200});
  batch.from = 2;
  batch.seen = Revision(300);
  batch.publish_bytes = 66;
  batch.returned_bytes = 1;
  batch.session_mail.push_back({kSession, broker::Confirmed{kChannel, 1, 5}});
  batch.letters.push_back({kSession, broker::ReplyConsumerAnswer{kChannel, true}});
  batch.mirror_mail.push_back({kQueue, mirror::Held{5, 7, 8}});
  CHECK(bytes_of(batch) ==
        literal("\x02\xac\x02\x42\x01"
                "\x01\x01\xac\x02\x02"          // one command, an enqueue, to queue 300 in its reign 2
                "\x01\x01\x01\x02\x02\x02"      // a message: persistent, priority 1, two lengths
                "ex\x03key\x00\x00hi"           //
                "\x83\x80\x14\x07\x03\x09\x04"  // session, node, shard; channel
                "\xc8\x01"                      // sequence
                "\x01\x21\x83\x80\x14\x07\x03\x09\x04\x01\x05"
                "\x01\x42\x83\x80\x14\x07\x03\x09\x04\x01"
                "\x01\x63\xac\x02\x02\x05\x07\x08"));  // a copy holds what it was sent up to 7, and has heard of 8
}

TEST_CASE("every kind of mail is read as it was written") {
  const MailBatch batch = one_of_each();
  const MailBatch back = there_and_back(batch);
  CHECK(print(back) == print(batch));
  CHECK(bytes_of(back) == bytes_of(batch));
}

TEST_CASE("the sample has every kind of mail") {
  std::set<std::size_t> commands;
  std::set<std::size_t> events;
  const MailBatch batch = one_of_each();
  for (const broker::QueueMail& mail : batch.queue_mail) commands.insert(mail.command.index());
  for (const broker::SessionMail& mail : batch.session_mail) events.insert(mail.event.index());
  CHECK(commands.size() == std::variant_size_v<broker::QueueCommand>);
  CHECK(events.size() == std::variant_size_v<broker::QueueEvent>);
  std::set<std::size_t> of_copies;
  for (const mirror::MirrorMail& mail : batch.mirror_mail) of_copies.insert(mail.content.index());
  CHECK(of_copies.size() == std::variant_size_v<mirror::Content>);
  CHECK(batch.letters.size() + 1 == std::variant_size_v<decltype(broker::Letter::content)>);
}

TEST_CASE("numbers keep their value up to the last bit") {
  MailBatch batch;
  batch.from = 0xffff;
  batch.seen = Revision(~0ull);
  batch.publish_bytes = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t bytes : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
                                   std::numeric_limits<std::int64_t>::max()})
    batch.queue_mail.push_back({{QueueId(~0ull), Epoch(~0ull)}, broker::Replenish{broker::ConsumerSlot(~0ull), bytes}});
  batch.queue_mail.push_back({kQueue, broker::Get{{SessionId(~0ull), NodeId(~0u), 0xffff}, {~0u, 0xffff}, false}});
  CHECK(print(there_and_back(batch)) == print(batch));
}

TEST_CASE("a message for several queues travels once and arrives as one") {
  const broker::MessageRef large = sample_message(std::string(10'000, 'x'));
  MailBatch batch;
  for (int i = 0; i < 5; ++i) batch.queue_mail.push_back({kQueue, enqueue(large)});
  CHECK(bytes_of(batch).size() < 10'200);
  const MailBatch back = there_and_back(batch);
  CHECK(print(back) == print(batch));
  const auto* first = std::get_if<broker::Enqueue>(&back.queue_mail.front().command);
  const auto* last = std::get_if<broker::Enqueue>(&back.queue_mail.back().command);
  CHECK(first->message.get() == last->message.get());
}

TEST_CASE("of messages that take turns the last few travel once, and all arrive") {
  std::vector<broker::MessageRef> messages;
  for (int i = 0; i < 20; ++i) messages.push_back(sample_message(std::string(1000, static_cast<char>('a' + i))));
  Rng rng(1);
  for (const std::uint64_t different : {8, 20}) {
    MailBatch batch;
    for (int i = 0; i < 300; ++i) batch.queue_mail.push_back({kQueue, enqueue(messages[rng.below(different)])});
    CHECK(print(there_and_back(batch)) == print(batch));
    CHECK((bytes_of(batch).size() < 20'000) == (different == 8));
  }
}

TEST_CASE("mail that ends early is refused, at every byte") {
  const std::string bytes = bytes_of(one_of_each());
  for (std::size_t length = 0; length < bytes.size(); ++length) CHECK_FALSE(reads(bytes.substr(0, length)));
  CHECK_FALSE(reads(bytes + '\0'));
  CHECK(reads(bytes));
}

TEST_CASE("what makes no sense is refused") {
  const std::string head = literal("\x00\x00\x00\x00");
  const std::string tail = literal("\x00\x00\x00");
  CHECK_FALSE(reads(literal("\x80\x80\x04\x00\x00\x00\x00\x00\x00")));  // a shard beyond 16 bits
  CHECK_FALSE(reads(literal("\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00\x00\x00")));  // bytes below zero
  CHECK_FALSE(reads(head + literal("\xff\xff\xff\xff\xff\xff\xff\xff\x7f") + tail));                // a lot of commands
  CHECK(reads(head + literal("\x01\x07\x01\x01\x01\x01") + tail));                                  // a pause
  CHECK_FALSE(reads(head + literal("\x01\x07\x01\x01\x01\x02") + tail));           // neither yes nor no
  CHECK_FALSE(reads(head + literal("\x01\x00\x01\x01\x01\x01") + tail));           // no tag at all
  CHECK_FALSE(reads(head + literal("\x01\x21\x01\x01\x01\x01") + tail));           // an event for a queue
  CHECK_FALSE(reads(head + literal("\x00\x01\x01\x01\x01\x01\x01\x01\x01\x00")));  // a command for a session
}

TEST_CASE("ranges that do not ascend and records that are not there are refused") {
  const std::string head = literal("\x00\x00\x00\x00\x00\x00\x00\x01");
  CHECK(reads(head + literal("\x62\x01\x01\x05\x01\x01\x03\x00")));            // one position, 3
  CHECK_FALSE(reads(head + literal("\x62\x01\x01\x05\x01\x01\x00\x00")));      // there is no position 0
  CHECK_FALSE(reads(head + literal("\x62\x01\x01\x05\x01\xff\xff\x03\x03")));  // more than are told at once
  CHECK(reads(head + literal("\x61\x01\x01\x05\x01\x00\x02\x41\x42")));        // two bytes of records
  CHECK_FALSE(reads(head + literal("\x61\x01\x01\x05\x01\x00\x03\x41\x42")));  // three of which are two there
}

TEST_CASE("weights that do not ascend, and more than are sent at once, are refused") {
  const std::string head = literal("\x00\x00\x00\x00\x00\x00\x00\x01");
  CHECK(reads(head + literal("\x68\x01\x01\x05\x01\x02\x03\x07\x01\x07")));        // positions 3 and 4
  CHECK_FALSE(reads(head + literal("\x68\x01\x01\x05\x01\x02\x03\x07\x00\x07")));  // the same one twice
  CHECK_FALSE(reads(head + literal("\x68\x01\x01\x05\x01\x01\x00\x07")));          // there is no position 0
  CHECK_FALSE(reads(head + literal("\x68\x01\x01\x05\x01\x02\x03\x07")));          // two, of which one is there
  std::string many = head + literal("\x68\x01\x01\x05\x01\x81\x08");
  for (int i = 0; i < 1025; ++i) many += literal("\x01\x07");
  CHECK_FALSE(reads(many));
  many[head.size() + 5] = '\x80';
  many.resize(many.size() - 2);
  CHECK(reads(many));
}

TEST_CASE("an enqueue needs a message, and properties that can be read") {
  const auto mail = [](const std::string& message) {
    return literal("\x00\x00\x00\x00\x01\x01\x01\x01") + message + literal("\x00\x00\x00\x00\x00\x00\x00\x00\x00");
  };
  CHECK(reads(mail(literal("\x01\x00\x00\x02\x00\x00\x00\x00\x00"))));
  CHECK_FALSE(reads(mail(literal("\x00"))));                                      // none
  CHECK_FALSE(reads(mail(literal("\x03"))));                                      // the last one, before there was any
  CHECK_FALSE(reads(mail(literal("\x0b"))));                                      // beyond what is remembered
  CHECK_FALSE(reads(mail(literal("\x01\x00\x00\x01\x00\x00\x00\x00"))));          // half a word of properties
  CHECK_FALSE(reads(mail(literal("\x01\x08\x00\x02\x00\x05\x00\x00\x00\x00"))));  // the body lies elsewhere
}

TEST_CASE("bytes that were damaged on the way are read or refused, and nothing else happens") {
  Rng rng(2);
  const std::string whole = bytes_of(one_of_each());
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = whole;
    for (std::uint64_t flips = 1 + rng.below(3); flips > 0; --flips)
      bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
    MailBatch batch;
    if (!decode(bytes, batch)) continue;
    ++read;
    CHECK(print(there_and_back(batch)) == print(batch));
  }
  CHECK(read > 100);
}

}  // namespace warren::mail_test
