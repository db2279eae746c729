"""What comes of tests, and of a comparison."""

from __future__ import annotations

import json
from typing import Any

from . import _qudao

__all__ = ["Difference", "TestRun"]


class Difference:
    """What tells two rulesets apart."""

    def __init__(self, core: _qudao.Difference) -> None:
        self._core = core

    @property
    def changes(self) -> bool:
        """Whether any decision changes."""
        return self._core.changes

    def to_json(self) -> str:
        """The document ``qudao.diff/1``."""
        return self._core.json

    def to_dict(self) -> dict[str, Any]:
        """The same document as objects of Python."""
        document: dict[str, Any] = json.loads(self._core.json)
        return document

    def markdown(self) -> str:
        """The difference as Markdown, for a pull request."""
        return self._core.markdown

    def __str__(self) -> str:
        return self._core.text

    def _repr_markdown_(self) -> str:
        return self._core.markdown


class TestRun:
    """What came of the tests, properties and snapshots of a ruleset."""

    # Classes of this name are none of pytest's tests.
    __test__ = False

    def __init__(self, document: str, text: str) -> None:
        self._document = document
        self._text = text

    @property
    def ok(self) -> bool:
        """Whether nothing failed, and no snapshot waits to be looked at."""
        ok: bool = self.to_dict()["summary"]["ok"]
        return ok

    def to_json(self) -> str:
        """The document ``qudao.test/1``."""
        return self._document

    def to_dict(self) -> dict[str, Any]:
        """The same document as objects of Python."""
        document: dict[str, Any] = json.loads(self._document)
        return document

    def __str__(self) -> str:
        return self._text
