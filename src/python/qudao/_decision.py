"""What a ruleset says of one profile."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from . import _qudao

__all__ = ["Decision", "Target", "Verdict"]

Verdict = Literal["recommended", "possible", "unsuitable", "excluded"]


@dataclass(frozen=True, slots=True)
class Target:
    """What is said of a channel or a mix."""

    #: Its name.
    name: str
    #: The verdict; nothing where answers that are missing could give another.
    verdict: Verdict | None
    #: The verdict by what is known so far.
    leaning: Verdict
    #: Whether nothing that is unknown could change the verdict.
    settled: bool
    #: Its points.
    score: int


class Decision(Mapping[str, Target]):
    """What a ruleset says of a profile on a day: a mapping from each channel and mix, best first.

    >>> import qudao
    >>> wechat = qudao.Ruleset.load("wechat")
    >>> decision = wechat.decide({"entity_type": "company", "posts_per_month": 30})
    >>> decision.first in decision
    True
    >>> decision["subscription"].leaning, decision["subscription"].settled
    ('possible', False)
    """

    def __init__(self, core: _qudao.Decision) -> None:
        self._core = core
        self._targets = {target[0]: Target(*target) for target in core.targets}

    def __getitem__(self, target: str) -> Target:
        return self._targets[target]

    def __iter__(self) -> Iterator[str]:
        return iter(self._targets)

    def __len__(self) -> int:
        return len(self._targets)

    @property
    def first(self) -> str | None:
        """The channel that comes first; nothing where all are excluded."""
        return self._core.first

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the channel that comes first; nothing where it is open, or all are excluded."""
        return self[self.first].verdict if self.first is not None else None

    @property
    def settled(self) -> bool:
        """Whether nothing that is unknown could put another channel first."""
        return self._core.settled

    @property
    def missing(self) -> list[str]:
        """The fields on whose answers verdicts depend, the most useful first."""
        return self._core.missing

    @property
    def as_of(self) -> datetime.date:
        """The day on which dated facts were read."""
        return datetime.date.fromisoformat(self._core.as_of)

    def to_json(self, *, lang: str | None = None, trace: bool = False, indent: bool = False) -> str:
        """The document ``qudao.result/1``, as ``qudao eval --json`` writes it; with ``trace``, every rule is in it."""
        return self._core.to_json(lang, trace, indent)

    def to_dict(self, *, lang: str | None = None, trace: bool = False) -> dict[str, Any]:
        """The same document as objects of Python."""
        document: dict[str, Any] = json.loads(self.to_json(lang=lang, trace=trace))
        return document

    def why(self, target: str, *, lang: str | None = None, markdown: bool = False) -> str:
        """The whole proof of a verdict, down to quotes, and what would have to change for a better one."""
        return self._core.why(target, lang, markdown)

    def advice(self, target: str, *, lang: str | None = None) -> dict[str, Any]:
        """What would have to change for a better verdict, as the key ``why`` of ``qudao why --json`` tells it."""
        advice: dict[str, Any] = json.loads(self._core.why_json(target, lang))["why"]
        return advice

    def report(self, *, lang: str | None = None, name: str = "", ids: bool = False) -> str:
        """A page in HTML to hand over, as ``qudao report`` writes it. ``name`` says whose answers they are."""
        return self._core.report(lang, name, ids)

    def markdown(self, *, lang: str | None = None) -> str:
        """The whole answer as Markdown."""
        return self._core.answer(lang, True)

    def text(self, *, lang: str | None = None) -> str:
        """The whole answer as a text of 80 columns, as ``qudao eval`` prints it."""
        return self._core.answer(lang, False)

    __str__ = text

    def __repr__(self) -> str:
        told = ", ".join(f"{target.name}: {target.verdict or 'open'}" for target in self._targets.values())
        return f"<qudao.Decision as of {self._core.as_of}: {told}>"

    @cached_property
    def _page(self) -> str:
        return self.report()

    def _repr_html_(self) -> str:
        # A notebook shows the page as it is, apart from the notebook's own style.
        page = self._page.replace("&", "&amp;").replace('"', "&quot;")
        return (
            f'<iframe srcdoc="{page}" sandbox="" style="width:100%;height:36em;border:1px solid #ccc"></iframe>'
        )
