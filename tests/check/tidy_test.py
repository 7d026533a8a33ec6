# SPDX-License-Identifier: Apache-2.0
import json
import shutil
import unittest
from pathlib import Path

import tidy
import tree
from tree_fixture import TreeTest

CONFIG = Path(__file__).resolve().parents[2] / ".clang-tidy"


class TidyTest(TreeTest):
    def setUp(self):
        super().setUp()
        self.root = self.root.resolve()
        self.build = self.root / "build"
        self.write(".clang-tidy", CONFIG.read_text(encoding="utf-8"))
        self.write("compiler/a.cc", "int twice(int number) { return number + number; }\n")
        self.write("compiler/b.cc", "int Twice(int number) { return number + number; }\n")
        self.write("build/compile_commands.json", json.dumps([
            {"directory": str(self.root), "file": f"compiler/{name}.cc",
             "command": f"/usr/bin/ccache g++ -o x.o -c compiler/{name}.cc"} for name in "ab"]))

    def test_finds_faults_and_only_them(self):
        self.assertEqual(tidy.check(self.build, self.root, ["compiler/a"]), [])
        for _ in range(2):  # the second time as well: only clean files are remembered
            found = tidy.check(self.build, self.root)
            self.assertEqual(len(found), 1)
            self.assertIn("readability-identifier-naming", found[0])

    def test_forgets_a_clean_file_that_changed(self):
        self.assertEqual(tidy.check(self.build, self.root, ["compiler/a"]), [])
        self.write("compiler/a.cc", "int Twice(int number) { return number + number; }\n")
        self.assertEqual(len(tidy.check(self.build, self.root, ["compiler/a"])), 1)

    def test_does_not_pass_without_files(self):
        self.assertNotEqual(tidy.check(self.build, self.root, ["nowhere"]), [])


if __name__ == "__main__":
    if shutil.which(tidy.TOOL) is None:
        tree.skip(f"{tidy.TOOL} is not installed")
    unittest.main()
