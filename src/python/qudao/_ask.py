"""An interview: which question to ask next, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ._values import LEFT_OUT, Day, Value, day_text

if TYPE_CHECKING:
    from ._decision import Decision
    from ._ruleset import Field, Ruleset

__all__ = ["Interview", "Question"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question to ask, and what hangs on its answer."""

    #: What is asked for: its name, its type, its values.
    field: Field
    #: Why it is asked: a verdict waits for it, the first place does, a default is to be confirmed, and so on.
    why: Literal["required", "verdict", "first", "assumed", "measures", "needs", "notes"]
    #: The same in words.
    because: str
    #: The channels and mixes that wait for it.
    affects: tuple[str, ...]
    #: The rules that wait for it.
    rules: tuple[str, ...]

    def __str__(self) -> str:
        return self.field.question or self.field.name


class Interview(Iterator[Question]):
    """Questions, the one that settles most first, until nothing hangs on another answer.

    >>> import qudao
    >>> interview = qudao.Ruleset.load("wechat").ask({"entity_type": "company"})
    >>> for question in interview:
    ...     if question.field.type == "bool":
    ...         interview.answer(True)
    ...     else:
    ...         interview.answer(qudao.NOT_SURE)
    >>> interview.decision.missing == []
    False
    """

    def __init__(
        self, ruleset: Ruleset, profile: Mapping[str, Any], *, as_of: Day | None, everything: bool, lang: str | None
    ) -> None:
        self._ruleset = ruleset
        self._as_of = day_text(as_of)
        self._everything = everything
        self._lang = lang
        self._fields = ruleset.fields_in(lang)
        self._asked: list[str] = list(profile)
        self._current: Question | None = None
        # The question after the one that was answered last: an answer is tried by asking on.
        self._ahead: list[Question | None] = []
        #: What was answered so far: a profile.
        self.answers: dict[str, Any] = dict(profile)

    def _next(self, answers: Mapping[str, Any], asked: list[str]) -> Question | None:
        told = self._ruleset._core.question(
            answers, asked, as_of=self._as_of, all=self._everything, lang=self._lang
        )
        if told is None:
            return None
        question = json.loads(told)
        return Question(
            field=self._fields[question["field"]],
            why=question["why"],
            because=question["because"],
            affects=tuple(question["affects"]),
            rules=tuple(question["rules"]),
        )

    def __next__(self) -> Question:
        if self._current is not None:
            self.answer(LEFT_OUT)
        self._current = self._ahead.pop() if self._ahead else self._next(self.answers, self._asked)
        if self._current is None:
            raise StopIteration
        return self._current

    def answer(self, value: Value) -> None:
        """Answers the question that was asked last. Without an answer, the next question leaves it out.

        Raises:
            QudaoError: the field does not take the value; the question stands.
        """
        if self._current is None:
            raise ValueError("no question is open")
        name = self._current.field.name
        answers = {**self.answers, name: value}
        self._ahead = [self._next(answers, [*self._asked, name])]
        if value is not LEFT_OUT:
            self.answers = answers
        self._asked.append(name)
        self._current = None

    def send(self, value: Value) -> Question:
        """Answers the question, and returns the next one, as a generator does; at the end, ``StopIteration`` is raised."""
        self.answer(value)
        return next(self)

    @property
    def decision(self) -> Decision:
        """What is decided by the answers so far."""
        return self._ruleset.decide(self.answers, as_of=self._as_of)
