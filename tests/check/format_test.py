# SPDX-License-Identifier: Apache-2.0
import shutil
import unittest
from pathlib import Path

import format as format_check  # the module beside this one; `format` alone is a builtin
import tree
from tree_fixture import TreeTest

STYLE = Path(__file__).resolve().parents[2] / ".clang-format"


class FormatTest(TreeTest):
    def test_tells_good_from_bad(self):
        self.write(".clang-format", STYLE.read_text(encoding="utf-8"))
        self.write("a.cc", "int f(int a) { return a; }\n")
        self.assert_clean(format_check.check)
        self.write("b.cc", "int f( int a )\n{ return a;}\n")
        self.assert_problem(format_check.check, "b.cc:1")

    def test_does_not_pass_when_the_tool_fails(self):
        self.write(".clang-format", "NoSuchOption: 1\n")
        self.write("a.cc", "int a;\n")
        self.assertNotEqual(format_check.check(self.root), [])


if __name__ == "__main__":
    if shutil.which(format_check.TOOL) is None:
        tree.skip(f"{format_check.TOOL} is not installed")
    unittest.main()
