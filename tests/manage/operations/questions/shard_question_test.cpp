#include "manage/operations/questions/shard_question.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "manage/operations/words/limits.hpp"

namespace warren::manage {

TEST_CASE("a question travels as text") {
  for (const Subject subject : {Subject::queues, Subject::connections, Subject::channels, Subject::consumers}) {
    auto read = read_question(question_line({subject, "v", {"name", "messages"}}));
    REQUIRE(read.ok());
    CHECK(read->subject == subject);
    CHECK(read->vhost == "v");
    CHECK(read->columns == std::vector<std::string>{"name", "messages"});
  }
}

TEST_CASE("moves travel with their question, and there are not too many") {
  ShardQuestion question{Subject::moves, {}, {}, {{QueueId(7), NodeId(2)}, {QueueId(9), NodeId(3)}}};
  auto read = read_question(question_line(question));
  REQUIRE(read.ok());
  CHECK(read->subject == Subject::moves);
  REQUIRE(read->moves.size() == 2);
  CHECK(read->moves[1].queue == QueueId(9));
  CHECK(read->moves[1].to == NodeId(3));
  for (const char* bad : {"1", "[1]", "[1,2,3]", "[0,1]", "[1,-1]", "[1,4294967296]", R"(["1",2])"})
    CHECK_FALSE(read_question(std::string(R"({"subject":"moves","moves":[)") + bad + "]}").ok());
  question.moves.assign(limits::kMovesMax + 1, {QueueId(1), NodeId(2)});
  CHECK_FALSE(read_question(question_line(question)).ok());
}

TEST_CASE("a comparison travels with its queue and its time, which is bounded") {
  ShardQuestion question{Subject::comparison, {}, {}, {}, QueueId(7), 10'000};
  auto read = read_question(question_line(question));
  REQUIRE(read.ok());
  CHECK(read->subject == Subject::comparison);
  CHECK(read->queue == QueueId(7));
  CHECK(read->within_ms == 10'000);
  for (const char* bad :
       {R"("queue":7)", R"("within_ms":1)", R"("queue":0,"within_ms":1)", R"("queue":-1,"within_ms":1)",
        R"("queue":7,"within_ms":-1)", R"("queue":7,"within_ms":600001)", R"("queue":"7","within_ms":1)"})
    CHECK_FALSE(read_question(std::string(R"({"subject":"comparison",)") + bad + "}").ok());
}

TEST_CASE("rows travel as text") {
  const Rows rows{{"/ a", Map{}.add("name", "a").add("messages", 3)}, {"/ b", Map{}.add("name", "b")}};
  auto read = read_rows(rows_line(rows));
  REQUIRE(read.ok());
  REQUIRE(read->size() == 2);
  CHECK((*read)[0].order == "/ a");
  CHECK((*read)[0].cells == rows[0].cells);
  CHECK(read_rows(rows_line({}))->empty());
}

TEST_CASE("what is no question and no rows is refused") {
  for (const char* bad : {"", "[]", "{}", R"({"subject":"bogus"})", R"({"subject":"queues","columns":[1]})"})
    CHECK_FALSE(read_question(bad).ok());
  CHECK_FALSE(read_question(question_line({Subject::queues, "", std::vector<std::string>(100, "x")})).ok());
  CHECK_FALSE(read_question(std::string(limits::kRequestBytesMax + 1, ' ')).ok());
  for (const char* bad : {"", "{}", "[1]", "[[]]", R"([["a"]])", R"([["a",1]])", R"([[1,{}]])", R"([["a",{},1]])"})
    CHECK_FALSE(read_rows(bad).ok());
}

TEST_CASE("broken texts are refused or read, and never crash") {
  Rng rng(3);
  const std::string question = question_line({Subject::queues, "v", {"name"}});
  const std::string rows = rows_line({{"/ a", Map{}.add("name", "a")}});
  for (int round = 0; round < 10'000; ++round) {
    std::string broken = rng.one_in(2) ? question : rows;
    broken[rng.below(broken.size())] = static_cast<char>(rng.below(256));
    broken.resize(rng.below(broken.size() + 1));
    (void)read_question(broken);
    (void)read_rows(broken);
  }
}

}  // namespace warren::manage
