# SPDX-License-Identifier: Apache-2.0
import unittest

import wording
from tree_fixture import TreeTest


class WordingTest(TreeTest):
    def test_finds_each_word(self):
        for line in ["// TODO(x): y", "# fixme", "/* XXX */", "a hack here", "enough for now."]:
            with self.subTest(line=line):
                self.write("docs/a.md", f"first\n{line}\n")
                self.assert_problem(wording.check, "docs/a.md:2")

    def test_leaves_others_alone(self):
        self.write("a.sh", "mktemp /tmp/x.XXXXXX  # for nowhere, hackney, todos\n")
        (self.root / "b.bin").write_bytes(b"\xff\xfe")
        self.assert_clean(wording.check)


if __name__ == "__main__":
    unittest.main()
