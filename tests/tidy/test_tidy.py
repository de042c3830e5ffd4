"""Plants what the rules forbid, and what they must leave alone."""

import unittest

import rooms
import shape
import tidy
import words
from source import Source

GOOD_FOLDER = [Source(path, "") for path in ("base/README.md", "tests/README.md", "tests/base/README.md")]


def rules_of(check, path, text):
    return [violation.rule for violation in check(Source(path, text))]


class Includes(unittest.TestCase):
    def check(self, path, line, *expected):
        self.assertEqual(rules_of(rooms.check, path, line + "\n"), list(expected))

    def test_a_lower_room_may_be_included_and_a_higher_one_not(self):
        self.check("broker/message.hpp", '#include "amqp/table.hpp"')
        self.check("amqp/table.hpp", '#include "broker/message.hpp"', "include")
        self.check("base/ids.hpp", '#include "amqp/table.hpp"', "include")

    def test_neighbours_do_not_know_each_other(self):
        self.check("mirror/owner.cpp", '#include "cluster/raft/raft.hpp"', "include")
        self.check("persist/journal.cpp", '#include "amqp/table.hpp"', "include")

    def test_nobody_includes_the_server_but_the_server_and_tests(self):
        self.check("node/shard.cpp", '#include "server/connection.hpp"', "include")
        self.check("server/main.cpp", '#include "server/connection.hpp"')
        self.check("tests/server/gather_test.cpp", '#include "server/gather.hpp"')

    def test_a_room_within_a_room_has_doors_of_its_own(self):
        self.check("manage/operations/queues.cpp", '#include "manage/http/routes.hpp"', "include")
        self.check("manage/http/routes.cpp", '#include "manage/operations/queues.hpp"')

    def test_loud_headers_stay_out_of_quiet_rooms(self):
        for header in ("thread", "mutex", "chrono", "random", "filesystem", "fstream", "boost/asio.hpp", "lmdb.h", "unistd.h"):
            self.check("broker/message.cpp", f"#include <{header}>", "loud")
            self.check("server/server.cpp", f"#include <{header}>")

    def test_the_standard_library_fmt_and_openssl_for_passwords_are_quiet(self):
        self.check("broker/message.cpp", "#include <vector>\n#include <fmt/core.h>")
        self.check("base/password.cpp", "#include <openssl/evp.h>")
        self.check("base/pool.cpp", "#include <openssl/evp.h>", "loud")

    def test_the_line_of_an_include_is_told(self):
        found = list(rooms.check(Source("base/a.cpp", '// one\n\n#include "node/shard.hpp"\n')))
        self.assertEqual([violation.line for violation in found], [3])


class Words(unittest.TestCase):
    def check(self, path, text, *expected):
        self.assertEqual(rules_of(words.check, path, text), list(expected))

    def test_leftovers_are_found_in_any_file(self):
        self.check("docs/README.md", "TO" "DO: write it", "leftover")
        self.check("base/a.cpp", "// FIX" "ME", "leftover")
        self.check("base/a.cpp", "// a to-do list is no leftover")
        self.check("docs/README.md", "<" * 7 + " HEAD\none\n=======\ntwo\n" + ">" * 7 + " main\n", "leftover", "leftover")

    def test_waiting_is_for_the_server(self):
        for text in ("std::mutex lock;", "std::this_thread::sleep_for(1s);", "std::chrono::system_clock::now();", "time(nullptr);"):
            self.check("node/shard.cpp", text, "waiting")
            self.check("tests/node/shard_test.cpp", text, "waiting")
            self.check("server/shard_thread.cpp", text)

    def test_words_in_comments_and_strings_do_nothing(self):
        self.check("node/shard.cpp", '// no std::mutex, we throw nothing\nauto text = "try std::mutex";')

    def test_exceptions_are_for_main(self):
        self.check("broker/queue/queue.cpp", "throw 1;", "throw")
        self.check("server/main.cpp", "try {} catch (...) {}")

    def test_events_are_listed_and_no_others(self):
        def found(told, listed):
            code = Source("node/registrar/events.cpp", f'#include "a/b.hpp"\nreturn one("{told}", "name");\n')
            text = Source("docs/events.md", f"# Events\n\n`some.text`\n\n| keys | headers |\n| --- | --- |\n{listed}\n")
            return [(violation.path, violation.text) for violation in words.check_tree([code, text])]

        self.assertEqual(found("queue.made", "| `queue.made` | `name`, `a.b` |"), [])
        self.assertEqual(found("queue.made", ""), [("node/registrar/events.cpp", "'queue.made' is not in docs/events.md")])
        other = [("docs/events.md", "nothing tells 'queue.lost'")]
        self.assertEqual(found("queue.made", "| `queue.made`, `queue.lost` | `name` |"), other)


class Shape(unittest.TestCase):
    def check(self, path, text, *expected):
        self.assertEqual(rules_of(shape.check, path, text), list(expected))

    def test_a_file_may_have_400_lines(self):
        self.check("base/a.cpp", "int a;\n" * 400)
        self.check("base/a.cpp", "int a;\n" * 401, "file-length")

    def test_a_function_may_have_60_lines(self):
        def function(lines):
            return "int f(int a) {\n" + "  if (a) { a = 1; }\n" * (lines - 2) + "}\n"

        self.check("base/a.cpp", "namespace warren {\n" + function(60) * 3 + "}\n")
        self.check("base/a.cpp", "namespace warren {\n" + function(61) + "}\n", "function-length")
        self.check("base/a.hpp", "class A {\n" + function(61) + "};\n", "function-length")

    def test_types_namespaces_and_lists_are_no_functions(self):
        self.check("base/a.hpp", "struct A {\n" + "  int a;\n" * 100 + "};\n")
        self.check("base/a.cpp", "const int all[] = {\n" + "  1,\n" * 100 + "};\n")

    def test_braces_in_literals_and_macros_do_not_count(self):
        self.check("base/a.cpp", "#define OPEN {\nint f() { return '{' + \"{{{\"[0]; }\n" + "int a;\n" * 100)

    def test_python_functions_are_measured_too(self):
        self.check("tests/a.py", "def f():\n" + "    pass\n" * 60, "function-length")

    def test_a_readme_has_30_lines_at_most(self):
        self.check("base/README.md", "line\n" * 31, "readme-length")
        self.check("README.md", "line\n" * 100)


class Tree(unittest.TestCase):
    def check(self, paths, *expected):
        found = shape.check_tree([Source(path, "") for path in paths] + GOOD_FOLDER)
        self.assertEqual([(violation.path, violation.rule) for violation in found], list(expected))

    def test_a_folder_has_a_readme(self):
        self.check(["tests/fuzz/a.txt"], ("tests/fuzz", "readme"))
        self.check(["tests/fuzz/a.txt", "tests/fuzz/README.md"])

    def test_a_folder_has_15_files_at_most(self):
        self.check([f"base/{number}.hpp" for number in range(15)] + ["base/meson.build"])
        self.check([f"base/{number}.hpp" for number in range(16)], ("base", "folder-size"))

    def test_a_source_has_a_test(self):
        self.check(["base/a.cpp"], ("base/a.cpp", "test"))
        self.check(["base/a.cpp", "tests/base/a_test.cpp"])
        self.check(["base/a.cpp", "tests/base/a_of_many_test.cpp"])
        self.check(["base/a.cpp", "tests/base/ab_test.cpp"], ("base/a.cpp", "test"))

    def test_sources_of_the_session_may_be_told_by_transcripts(self):
        readmes = ["broker/README.md", "broker/session/README.md", "tests/scenarios/README.md", "tests/scenarios/session/README.md"]
        self.check(["broker/session/closing.cpp", "tests/scenarios/session/closing.txt"] + readmes)


class Exceptions(unittest.TestCase):
    TREE = [Source("base/a.cpp", "std::mutex lock;\n"), Source("tests/base/a_test.cpp", "")] + GOOD_FOLDER

    def judge(self, text):
        return [(violation.path, violation.rule) for violation in tidy.judge(self.TREE, tidy.read_exceptions(text))]

    def test_an_exception_excuses_its_rule_only(self):
        self.assertEqual(self.judge(""), [("base/a.cpp", "waiting")])
        self.assertEqual(self.judge("base/a.cpp: waiting: because\n"), [])

    def test_an_exception_may_be_for_many_files(self):
        self.assertEqual(self.judge("base/*: waiting: because\n"), [])
        self.assertEqual(len(self.judge("amqp/*: waiting: because\n")), 2)

    def test_an_exception_that_nothing_needs_fails(self):
        unused = ("tests/tidy/exceptions.txt", "unused")
        self.assertEqual(self.judge("# why\nbase/a.cpp: waiting: because\nbase/a.cpp: throw: because\n"), [unused])

    def test_an_exception_needs_a_reason(self):
        with self.assertRaises(SystemExit):
            tidy.read_exceptions("base/a.cpp: waiting:\n")


if __name__ == "__main__":
    unittest.main()
