"""``pytest --qudao rulesets/``: the tests, properties and snapshots of rulesets, each a test of pytest.

What comes of them is what ``qudao test --check`` says; a snapshot is accepted by ``qudao test --accept``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from . import _qudao
from ._errors import QudaoError
from ._ruleset import Ruleset

__all__: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("qudao").addoption(
        "--qudao", action="store_true", help="run the tests, properties and snapshots of rulesets (.qd)"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if not parent.config.getoption("--qudao") or file_path.suffix != ".qd" or not _qudao.begins_ruleset(file_path.read_bytes()):
        return None
    file: pytest.Collector = RulesetFile.from_parent(parent, path=file_path)
    return file


class RulesetFile(pytest.File):
    """The main file of a ruleset."""

    @cached_property
    def run(self) -> dict[str, dict[str, Any]]:
        """What came of everything in it, by the name of the item; it is run once, when the first item is."""
        document = Ruleset.load(self.path).test().to_dict()["rulesets"][0]
        return {
            **{f"test: {test['title']}": test for test in document["tests"]},
            **{f"property: {property['name']}": property for property in document["properties"]},
            **{f"case: {case['case']}": case for case in document["cases"]},
        }

    def collect(self) -> Iterable[pytest.Item]:
        try:
            ruleset = Ruleset.load(self.path)
        except QudaoError as error:
            yield BrokenItem.from_parent(self, name="ruleset", error=error)
            return
        for kind, name, line in ruleset._core.tests():
            yield RulesetItem.from_parent(self, name=f"{kind}: {name}", line=line)


class Failed(Exception):
    """A test of a ruleset failed; its text says how."""


class RulesetItem(pytest.Item):
    """A test, a property or a case of a ruleset."""

    def __init__(self, *, line: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.line = line

    def runtest(self) -> None:
        assert isinstance(self.parent, RulesetFile)
        outcome = self.parent.run[self.name]
        if outcome.get("outcome") == "undecided":
            pytest.xfail(f"neither proved nor refuted: {outcome['text']}")
        if not outcome.get("passed", outcome.get("outcome") == "proved"):
            raise Failed(told(outcome))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, (Failed, QudaoError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, self.name


class BrokenItem(pytest.Item):
    """A ruleset that has errors."""

    def __init__(self, *, error: QudaoError, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error = error

    def runtest(self) -> None:
        raise self.error

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        first = self.error.diagnostics[:1]
        return self.path, first[0].line - 1 if first else 0, self.name


def told(outcome: dict[str, Any]) -> str:
    """Says what is wrong, from the document of the run."""
    parts: list[str] = []
    for failure in outcome.get("failures", []):
        if failure["expected"] is not None:
            parts.append(f"expected {failure['expected']}, and it is {failure['actual']}")
        parts.append(failure["text"] or "")
    if "state" in outcome:
        parts += [f"the snapshot is {outcome['state']}: {outcome['file']}", outcome["difference"] or ""]
    parts.append(outcome.get("text") or "")
    return "\n".join(part for part in parts if part)
