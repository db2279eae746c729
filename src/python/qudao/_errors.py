"""What is wrong with a ruleset, a profile or a table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["Diagnostic", "Place", "QudaoError"]


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of a file. Lines and columns count from 1, columns in characters."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    #: What stands there.
    label: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong, or worth knowing."""

    #: A readable name, such as ``unknown-field``; ``qudao explain NAME`` tells more.
    code: str
    #: ``error``, ``warning`` or ``note``.
    severity: str
    #: What is wrong, in one line.
    message: str
    #: Where.
    span: Place
    #: Other places that belong to it.
    labels: tuple[Place, ...]
    #: What to do, or what is known besides.
    notes: tuple[str, ...]
    #: A change that would mend it, as ``qudao check --format json`` tells it.
    fix: dict[str, Any] | None

    @property
    def file(self) -> str:
        """The file in which it stands."""
        return self.span.file

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self.span.line

    @property
    def column(self) -> int:
        """The column, from 1, in characters."""
        return self.span.column

    @property
    def help(self) -> str | None:
        """What to do; nothing where there is nothing to say."""
        fix = [self.fix["message"]] if self.fix else []
        return "\n".join([*self.notes, *fix]) or None

    def __str__(self) -> str:
        return f"{self.span}: {self.severity}[{self.code}]: {self.message}"


def place(found: dict[str, Any], label: str) -> Place:
    """Reads a place as the JSON tells it."""
    return Place(
        found["file"], found["line"], found["column"], found["end_line"], found["end_column"], label
    )


def read(document: str) -> list[Diagnostic]:
    """Reads an object ``qudao.diagnostics/1``."""
    return [
        Diagnostic(
            code=found["code"],
            severity=found["severity"],
            message=found["message"],
            span=place(found, found["label"]),
            labels=tuple(place(label, label["message"]) for label in found["labels"]),
            notes=tuple(found["notes"]),
            fix=found["fix"],
        )
        for found in json.loads(document)["diagnostics"]
    ]


class QudaoError(ValueError):
    """A ruleset, a profile or a table cannot be used. Its text tells each mistake with the line in which it stands.

    >>> import qudao
    >>> try:
    ...     qudao.Ruleset.load("wechat").decide({"post_per_month": 30})
    ... except qudao.QudaoError as error:
    ...     for found in error.diagnostics:
    ...         print(found.code, found.line, found.column, found.message)
    unknown-field 2 3 the ruleset `wechat` has no field `post_per_month`
    """

    #: Each mistake, in the order of its place; empty where no text is to blame.
    diagnostics: list[Diagnostic]

    def __init__(self, message: str, diagnostics: str | None = None) -> None:
        super().__init__(message)
        self._document = diagnostics
        self.diagnostics = read(diagnostics) if diagnostics else []

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self._document)
