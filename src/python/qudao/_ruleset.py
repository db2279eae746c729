"""Rulesets."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from . import _qudao, _table
from ._ask import Interview
from ._decision import Decision
from ._errors import Diagnostic, read
from ._table import Answers, Errors, Part, Table
from ._tested import Difference, TestRun
from ._values import Day, Profile, day_text

if TYPE_CHECKING:
    import pyarrow

__all__ = ["Field", "Ruleset"]


@dataclass(frozen=True, slots=True)
class Field:
    """What a profile may answer."""

    #: Its name.
    name: str
    #: Its type.
    type: Literal["bool", "int", "number", "text", "date", "enum", "set"]
    #: What to ask.
    question: str | None
    #: Whether every profile gives it.
    required: bool
    #: The unit of its numbers.
    unit: str | None
    #: Of an enum or a set, each value with its title.
    values: Mapping[str, str] | None
    #: What is assumed where a profile leaves it out, as a profile would write it.
    default: str | None


class Ruleset:
    """A ruleset without errors. It never changes, and may be used by several threads at once.

    >>> import qudao
    >>> from decimal import Decimal
    >>> shop = qudao.Ruleset.load(text='''
    ... ruleset shop "What fits"
    ... profile { weight: number in 0..30 }
    ... channel letter "Letter"
    ... rule light { when weight <= 1 then score letter +1 }
    ... ''')
    >>> shop.decide({"weight": Decimal("0.5")}).verdict
    'recommended'
    """

    def __init__(self, core: _qudao.Ruleset) -> None:
        self._core = core

    @classmethod
    def load(
        cls, path: str | os.PathLike[str] | None = None, *, text: str | None = None, name: str = "ruleset.qd"
    ) -> Ruleset:
        """Loads a ruleset: a file, a folder that holds one, the name of one that ships (``wechat``), or a text.

        Files that the ruleset names are read from its folder. A text has no other files; ``name`` is what its mistakes
        are told under.

        Raises:
            QudaoError: it cannot be read, or has errors; ``diagnostics`` tells them one by one.
        """
        if (path is None) == (text is None):
            raise TypeError("a ruleset is loaded from a path or from a text; give one of them")
        if text is not None:
            return cls(_qudao.Ruleset.of_text(text, name))
        assert path is not None
        return cls(_qudao.Ruleset.load(os.fspath(path)))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._core.state(),)

    def __repr__(self) -> str:
        return f"<qudao.Ruleset {self.name} {self.digest}>"

    @property
    def name(self) -> str:
        """Its name."""
        return self._core.name

    @property
    def digest(self) -> str:
        """What tells it from any other: a digest of its files and the texts of its sources."""
        return self._core.digest

    @property
    def as_of(self) -> datetime.date | None:
        """The day on which it says it is to be read, if it says one."""
        day = self._core.as_of
        return None if day is None else datetime.date.fromisoformat(day)

    @property
    def languages(self) -> list[str]:
        """The languages of its texts, its own first."""
        return self._core.languages

    @property
    def targets(self) -> list[str]:
        """The names of its channels and mixes, in the order of their declaration."""
        return self._core.targets

    @property
    def fields(self) -> dict[str, Field]:
        """What a profile may answer, by name, in the order of declaration."""
        return self.fields_in(None)

    def fields_in(self, lang: str | None) -> dict[str, Field]:
        """The same, with questions and titles in a language."""
        return {field["name"]: Field(**field) for field in json.loads(self._core.fields(lang))}

    def title(self, lang: str | None = None) -> str:
        """Its title."""
        return self._core.title(lang)

    def check(self, *, lang: str | None = None, gaps: bool = False) -> list[Diagnostic]:
        """Everything doubtful in it, as ``qudao check`` tells it: rules that never hold, facts that are old, and more.

        >>> import qudao
        >>> qudao.Ruleset.load("wechat").check()
        []
        """
        return read(self._core.check(lang, gaps))

    def json_schema(self, *, lang: str | None = None) -> dict[str, Any]:
        """The JSON Schema of its profiles."""
        schema: dict[str, Any] = json.loads(self._core.json_schema(lang))
        return schema

    def schema(self) -> pyarrow.Schema:
        """The columns that a table of profiles may have, as a schema of pyarrow; ``table`` takes others as well.

        >>> import qudao
        >>> qudao.Ruleset.load("wechat").schema().field("goals").type
        ListType(list<item: string>)
        """
        import pyarrow

        # The stubs know nothing of the C interface yet.
        columns: Any = self._core.columns()
        return pyarrow.schema(columns)

    def table(
        self,
        data: Table,
        *,
        only: Part | Iterable[Part] = (),
        reasons: bool = False,
        keep: bool | str | Iterable[str] = (),
        columns: Mapping[str, str] | None = None,
        as_of: Day | None = None,
        errors: Errors = "raise",
        flat: bool = False,
        plain: bool = False,
    ) -> Answers:
        """Answers a table of profiles: anything that gives its rows over the C interface of Arrow.

        A column is the field of its name; null says "not sure", and a field without a column is left out of all rows.
        Each row has one of answers: ``line``, its number from 1; ``first``, the channel that comes first; ``settled``;
        and ``CHANNEL.verdict`` and more of each channel, as ``qudao batch`` tells them.

        Args:
            data: A table of pyarrow, polars or pandas, a relation of DuckDB, or a stream of batches.
            only: What to tell of each channel, everything if nothing is named; ``"first"`` tells nothing of them.
            reasons: Whether to list the rules that fired, in a column ``fired``.
            keep: The columns to take over, ``True`` for all.
            columns: The column of a field that is named otherwise.
            as_of: The day on which dated facts are read; else the ruleset's own, else today.
            errors: What becomes of a row that cannot be used. ``"raise"``: the first ends the reading with an error.
                ``"column"``: it stays, with nulls, and a column ``error`` tells what is wrong. ``"drop"``: it is left
                out; ``rejected`` and ``rejects`` of the answers tell of it.
            flat: Whether names are written ``service_verdict``, not ``service.verdict``.
            plain: Whether words are texts, not dictionaries.

        >>> import pyarrow, qudao
        >>> clients = pyarrow.table({"name": ["A", "B"], "posts_per_month": [30, None]})
        >>> qudao.Ruleset.load("wechat").table(clients, keep="name", only="first").to_pyarrow().to_pylist()[0]
        {'name': 'A', 'line': 1, 'first': 'subscription', 'settled': False}

        Raises:
            QudaoError: no column is a field's, a column has a type that its field does not take, or an option is wrong.
        """
        return _table.answers(
            self._core,
            data,
            only=only,
            reasons=reasons,
            keep=keep,
            columns=columns,
            as_of=day_text(as_of),
            errors=errors,
            flat=flat,
            plain=plain,
        )

    def decide(self, profile: Profile, *, as_of: Day | None = None) -> Decision:
        """Decides what it says of a profile: a mapping from fields to values, or the path of a file.

        Numbers are ``int`` or ``Decimal``, or texts with a unit such as ``"3 per week"``; a ``float`` is taken as long
        as 15 digits write it. ``None`` says "not sure", and so does
        ``qudao.NOT_SURE``; a field that is left out takes its default. ``as_of`` is the day on which dated facts are
        read; without it, the ruleset's own day, else today.

        >>> import qudao
        >>> decision = qudao.Ruleset.load("wechat").decide({"entity_type": "individual"})
    
        Raises:
            QudaoError: the profile does not fit the fields.
        """
        if isinstance(profile, (str, os.PathLike)):
            return Decision(self._core.decide_file(os.fspath(profile), day_text(as_of)))
        return Decision(self._core.decide(profile, day_text(as_of)))

    def ask(
        self,
        profile: Mapping[str, Any] | None = None,
        *,
        as_of: Day | None = None,
        everything: bool = False,
        lang: str | None = None,
    ) -> Interview:
        """Asks what the answer depends on, the question that settles most first, from a profile on.

        With ``everything``, what no verdict waits for is asked as well: what could add something to do, or a note.
        """
        return Interview(self, profile or {}, as_of=as_of, everything=everything, lang=lang)

    def diff(
        self,
        other: Ruleset,
        *,
        as_of: Day | None = None,
        other_as_of: Day | None = None,
        profiles: Mapping[str, Mapping[str, Any]] | None = None,
        lang: str | None = None,
    ) -> Difference:
        """Finds what decides otherwise in another ruleset, over all profiles: each change with a profile that shows it.

        ``as_of`` is the day for both, unless ``other_as_of`` gives the other one its own. ``profiles``, by name, are
        compared one by one as well.

        >>> import qudao
        >>> wechat = qudao.Ruleset.load("wechat")
        >>> wechat.diff(wechat).changes
        False
        """
        day = day_text(as_of)
        other_day = day_text(other_as_of) or day
        given = list((profiles or {}).items())
        return Difference(
            self._core.diff(other._core, as_of=day, other_as_of=other_day, profiles=given, lang=lang)
        )

    def test(self, *, as_of: Day | None = None, every_day: bool = False, lang: str | None = None) -> TestRun:
        """Runs its tests, properties and snapshots, as ``qudao test --check`` does; nothing is written.

        >>> import qudao
        >>> qudao.Ruleset.load("wechat").test().ok
        True
        """
        return TestRun(*self._core.test(day_text(as_of), every_day, lang))


def _restored(state: _qudao.State) -> Ruleset:
    """Makes a ruleset of what another process sent."""
    return Ruleset(_qudao.Ruleset.restored(state))
