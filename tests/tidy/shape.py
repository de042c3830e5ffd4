"""How large files, functions and folders are, and what belongs beside them."""

import ast
import collections
import pathlib
import re

import rooms
from source import Violation

FILE_LINES = 400
FUNCTION_LINES = 60
FOLDER_FILES = 15
README_LINES = 30
CODE = (".cpp", ".hpp", ".py", ".sh", ".js", ".php", ".java", ".go", ".c")
# Sources of the first folder may be tested by a transcript of the same name in the second.
TRANSCRIPTS = {"broker/session/": "tests/scenarios/session/", "cluster/raft/": "tests/scenarios/raft/"}
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE)
# Not counted: every folder may have one.
FURNITURE = ("README.md", "meson.build")


def check(source):
    if source.path.endswith(CODE) and len(source.lines) > FILE_LINES:
        yield source.violation("file-length", 0, f"{len(source.lines)} lines, at most {FILE_LINES}")
    if source.path.endswith("README.md") and "/" in source.path and len(source.lines) > README_LINES:
        yield source.violation("readme-length", 0, f"{len(source.lines)} lines, at most {README_LINES}")
    for line, length in functions(source):
        if length > FUNCTION_LINES:
            yield source.violation("function-length", line, f"{length} lines, at most {FUNCTION_LINES}")


def functions(source):
    if source.is_cpp:
        return cpp_functions(source.code)
    if source.path.endswith(".py"):
        return python_functions(source.text)
    return []


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def cpp_functions(code):
    """(line, length) of every outermost block that is neither a namespace, a type nor a list of values."""
    code = DIRECTIVE.sub(lambda match: "\n" * match[0].count("\n"), code)
    head, kinds, line = "", [], 1
    begin = 1  # line on which the head in hand begins
    for character in code:
        if character == "{":
            inside = "function" in (kind for kind, _ in kinds)
            kinds.append(("inner" if inside else kind_of(head), begin))
            head = ""
        elif character == "}":
            kind, first = kinds.pop() if kinds else ("inner", line)
            if kind == "function":
                yield first, line - first + 1
            head = ""
        elif character == ";":
            head = ""
        else:
            if not head.strip():
                begin = line
            head += character
        line += character == "\n"


def kind_of(head):
    head = " ".join(head.split())
    if re.match(r"(inline )?namespace\b|extern \"", head):
        return "namespace"
    if re.search(r"\b(class|struct|union|enum)\b", head) and not head.endswith(")"):
        return "type"
    return "function" if "(" in head else "values"


def check_tree(sources):
    paths = [source.path for source in sources]
    yield from check_folders(paths)
    yield from check_tests(paths)


def check_folders(paths):
    files = collections.Counter()
    folders = set()
    for path in map(pathlib.PurePosixPath, paths):
        folders.update(str(parent) for parent in path.parents if str(parent) != ".")
        files[str(path.parent)] += path.name not in FURNITURE
    for folder in sorted(folders):
        if files[folder] > FOLDER_FILES:
            yield Violation(folder, "folder-size", 0, f"{files[folder]} files, at most {FOLDER_FILES}")
        if folder + "/README.md" not in paths and not folder.startswith("."):
            yield Violation(folder, "readme", 0, "has no README.md")


def check_tests(paths):
    """A source is tested by tests/<its path>_test.cpp, by several of the form tests/<its path>_*_test.cpp, or by transcripts."""
    tests = [path for path in paths if path.endswith("_test.cpp")]
    told = {(str(path.parent) + "/", path.stem) for path in map(pathlib.PurePosixPath, paths)}
    for path in paths:
        if not path.endswith(".cpp") or rooms.room_of(path) is None:
            continue
        stem = "tests/" + path.removesuffix(".cpp")
        name = pathlib.PurePosixPath(path).stem
        if any(path.startswith(room) and (scenes, name) in told for room, scenes in TRANSCRIPTS.items()):
            continue
        if not any(test == stem + "_test.cpp" or test.startswith(stem + "_") for test in tests):
            yield Violation(path, "test", 0, f"has no {stem}_test.cpp")
