# SPDX-License-Identifier: Apache-2.0
"""Files of at most 600 lines, functions of at most 80."""

import re

import tree

MAX_FILE = 600
MAX_FUNCTION = 80

# Comments, raw strings, strings, character literals (a ' between digits is a separator) and
# preprocessor lines: whatever may hold braces that are no blocks.
NO_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'|^[ \t]*#(?:\\\n|[^\n])*", re.DOTALL | re.MULTILINE)
NAMESPACE = re.compile(r'\bnamespace\b|\bextern\s*$')
ACCESS = re.compile(r"(public|protected|private)\s*")
TYPE = re.compile(r"\b(class|struct|union|enum)\b[^()=]*$")


def blank(code):
    """The code with everything that NO_CODE matches gone but for its line ends."""
    return NO_CODE.sub(lambda match: "\n" * match.group().count("\n"), code)


def functions(code):
    """(first line, last line) of every function at namespace or class level."""
    found = []
    stack = []  # one of "namespace", "type", "function", "other" for each open brace
    line = 1
    head = ""  # what stands between the last block or statement and here
    head_line = 1
    start = 0
    for char in blank(code):
        if char == "{":
            outer = all(kind in ("namespace", "type") for kind in stack)
            if NAMESPACE.search(head):
                kind = "namespace"
            elif TYPE.search(head):
                kind = "type"
            elif outer and ")" in head:
                kind = "function"
                start = head_line
            else:
                kind = "other"
            stack.append(kind)
        elif char == "}" and stack and stack.pop() == "function":
            found.append((start, line))
        if char in "{};" or (char == ":" and ACCESS.fullmatch(head)):
            head = ""
        elif not char.isspace() or head:
            if not head:
                head_line = line
            head += char
        if char == "\n":
            line += 1
    return found


def check(root):
    problems = []
    for name in tree.sources(root):
        code = tree.text(root, name) or ""
        lines = code.count("\n")
        if lines > MAX_FILE:
            problems.append(f"{name}: {lines} lines, more than {MAX_FILE}")
        for first, last in functions(code):
            if last - first + 1 > MAX_FUNCTION:
                problems.append(f"{name}:{first}: a function of {last - first + 1} lines, "
                                f"more than {MAX_FUNCTION}")
    return problems


if __name__ == "__main__":
    tree.main(check)
