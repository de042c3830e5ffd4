#include "base/pattern/pattern.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace warren::pattern_test {

using warren::Pattern;

namespace {

bool occurs(std::string_view text, std::string_view name) {
  const auto pattern = Pattern::read(text);
  INFO(text);
  REQUIRE(pattern.ok());
  return pattern->occurs_in(name);
}

std::string complaint(std::string_view text) {
  const auto pattern = Pattern::read(text);
  return pattern.ok() ? "" : pattern.error();
}

std::string times(int count, std::string_view text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("a pattern is looked for anywhere in the name") {
  CHECK(occurs("", "anything"));
  CHECK(occurs(".*", ""));
  CHECK(occurs("log", "catalog"));
  CHECK_FALSE(occurs("^log", "catalog"));
  CHECK(occurs("log$", "catalog"));
  CHECK_FALSE(occurs("cat$", "catalog"));
  CHECK_FALSE(occurs("^$", "q"));
}

TEST_CASE("what operators write for rights means what it means to PCRE") {
  CHECK(occurs("^(amq\\.gen.*|amq\\.default)$", "amq.gen-xyz"));
  CHECK(occurs("^(amq\\.gen.*|amq\\.default)$", "amq.default"));
  CHECK_FALSE(occurs("^(amq\\.gen.*|amq\\.default)$", "amqXdefault"));
  CHECK(occurs("^bob-.*", "bob-mail"));
  CHECK_FALSE(occurs("^bob-.*", "alice-bob-mail"));
  CHECK(occurs("^(?!secret).*$", "public"));
  CHECK_FALSE(occurs("^(?!secret).*$", "secret.plans"));
  CHECK(occurs("(?i)^ORDERS", "orders.eu"));
  CHECK(occurs("^(?i:ord)ers", "ORDers"));
  CHECK_FALSE(occurs("^(?i:ord)ers", "ORDERS"));
  CHECK(occurs("^[a-c]+-[^0-9]{2,3}$", "abc-xyz"));
  CHECK_FALSE(occurs("^[a-c]+-[^0-9]{2,3}$", "abc-x1z"));
}

TEST_CASE("repetitions count") {
  CHECK(occurs("^a{3}$", "aaa"));
  CHECK_FALSE(occurs("^a{3}$", "aa"));
  CHECK_FALSE(occurs("^a{3}$", "aaaa"));
  CHECK(occurs("^(ab){1,2}$", "abab"));
  CHECK_FALSE(occurs("^(ab){1,2}$", "ababab"));
  CHECK(occurs("^x{0}y$", "y"));
  CHECK(occurs("^a{2,}$", "aaaaa"));
  CHECK_FALSE(occurs("^a{2,}$", "a"));
  CHECK(occurs("^(a*)*b?$", "aaab"));
  CHECK(occurs("^a{x}$", "a{x}"));
  CHECK(occurs("^ab*?c+?d??$", "abbc"));
}

TEST_CASE("sets, escapes and borders") {
  CHECK(occurs("^[]x]+$", "]x"));
  CHECK(occurs("^[^]x]$", "y"));
  CHECK(occurs("^[a\\-z]+$", "a-z"));
  CHECK(occurs("^[\\d_-]+$", "1_-2"));
  CHECK(occurs("^[[:alpha:]]+[[:^alpha:]]$", "abc9"));
  CHECK(occurs("^\\x41\\x{42}\\.\\Q.*\\E$", "AB..*"));
  CHECK(occurs("\\bcat\\b", "the cat sat"));
  CHECK_FALSE(occurs("\\bcat\\b", "catalog"));
  CHECK(occurs("cat\\B", "catalog"));
  CHECK(occurs("\\Aq\\z", "q"));
  CHECK(occurs("q$", "q\n"));
  CHECK_FALSE(occurs("q\\z", "q\n"));
  CHECK_FALSE(occurs("^.$", "\n"));
  CHECK(occurs("(?s)^.$", "\n"));
  CHECK(occurs("^\\w\\W\\s\\S\\D\\n$", "a. bc\n"));
}

TEST_CASE("looking ahead and behind takes nothing of the name") {
  CHECK(occurs("a(?=b)b", "ab"));
  CHECK_FALSE(occurs("a(?=b)c", "ab"));
  CHECK(occurs("(?<=dev\\.)queue", "dev.queue"));
  CHECK_FALSE(occurs("(?<!dev\\.)queue", "dev.queue"));
  CHECK(occurs("(?<!dev\\.)queue", "prod.queue"));
  CHECK(occurs("^((?!tmp).)*$", "some.thing"));
  CHECK_FALSE(occurs("^((?!tmp).)*$", "some.tmp.thing"));
  CHECK(occurs("^(?=.*a)(?=.*b)", "xbxa"));
  CHECK_FALSE(occurs("^(?=.*a)(?=.*b)", "xaxa"));
}

TEST_CASE("what cannot be read says why") {
  CHECK(complaint("*") == "quantifier does not follow a repeatable item");
  CHECK(complaint("(a") == "missing closing parenthesis");
  CHECK(complaint("a)") == "unmatched closing parenthesis");
  CHECK(complaint("[a") == "missing terminating ] for character class");
  CHECK(complaint("[z-a]") == "range out of order in character class");
  CHECK(complaint("[[:nope:]]") == "unknown POSIX class name");
  CHECK(complaint("a\\") == "\\ at end of pattern");
  CHECK(complaint("(a)\\1") == "unrecognized character follows \\");
  CHECK(complaint("a++") == "possessive quantifiers are not supported");
  CHECK(complaint("(?>a)") == "this kind of group is not supported");
  CHECK(complaint("a{2,1}") == "numbers out of order in {} quantifier");
  CHECK(complaint("a{1001}") == "number too big in {} quantifier");
  CHECK(complaint("(?P<n") == "syntax error in subpattern name");
}

TEST_CASE("hostile patterns are refused or take their bounded time") {
  CHECK(complaint(times(5000, "a")) == "regular expression is too large");
  CHECK(complaint("((a{100}){100}){100}") == "regular expression is too large");
  CHECK(complaint(times(100, "(") + times(100, ")")) == "parentheses are too deeply nested");
  CHECK_FALSE(occurs("^(a+)+$", times(250, "a") + "b"));
  CHECK_FALSE(occurs("^(a|a|aa)*$", times(250, "a") + "b"));
  CHECK(occurs("(x+x+)+y|.", times(255, "x")));
  CHECK_FALSE(occurs("^(?!(?!(?!(?!(.*.*)*b).*)*c).*)*d", times(1000, "a")));
  // A search that was given up finds nothing, however it looks around.
  CHECK_FALSE(occurs("(?!(?=(?=(?=.*b).*b).*b).*b)(?!.)x|(?!(?:(?!(?:(?!.*b).)*b).)*b)", times(1024, "a")));
  CHECK_FALSE(occurs(".", times(1025, "a")));
}

}  // namespace warren::pattern_test
