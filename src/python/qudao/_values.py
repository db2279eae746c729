"""What a profile may hold."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from enum import Enum
from typing import Any, Union

__all__ = ["LEFT_OUT", "NOT_SURE", "Day", "Mark", "Profile", "Value", "day_text"]


class Mark(Enum):
    """What can be said of a field besides a value."""

    #: The question was answered: "not sure". The field is unknown even where it has a default. ``None`` says the same.
    NOT_SURE = "not sure"
    #: The question was not answered: the field takes its default, as if its name were not in the profile.
    LEFT_OUT = "left out"

    def __repr__(self) -> str:
        return f"qudao.{self.name}"


NOT_SURE = Mark.NOT_SURE
LEFT_OUT = Mark.LEFT_OUT

#: What a field takes. A ``float`` is read as the shortest decimal that stands for it, up to 15 digits.
Value = Union[
    None, Mark, bool, int, float, Decimal, str, datetime.date, Sequence[str], AbstractSet[str], Enum
]

#: The fields of a profile, or the path of one in JSON, YAML or TOML.
Profile = Union[Mapping[str, Any], str, "os.PathLike[str]"]

#: A day, as ``datetime.date`` or as in ``"2026-01-31"``.
Day = Union[datetime.date, str]


def day_text(day: Day | None) -> str | None:
    """Returns a day as ISO 8601 writes it."""
    if isinstance(day, datetime.datetime):
        day = day.date()
    return day.isoformat() if isinstance(day, datetime.date) else day
