# SPDX-License-Identifier: Apache-2.0
"""Makes little source trees for the tests of the checks."""

import tempfile
import unittest
from pathlib import Path


class TreeTest(unittest.TestCase):
    """A test that writes files into a folder of its own and runs a check over it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def assert_clean(self, check):
        self.assertEqual(check(self.root), [])

    def assert_problem(self, check, fragment):
        problems = check(self.root)
        self.assertTrue(any(fragment in problem for problem in problems),
                        f"no problem with {fragment!r} among {problems}")
