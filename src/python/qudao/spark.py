"""Answers inside Spark: each partition is answered where it lies, with no shuffle.

The ruleset goes to the workers as the bytes that it was made of, and is compiled once in each worker's process. A task
that is tried again gives the same rows: an answer rests on its row, the ruleset and the day alone, and the day is chosen
here, not by the workers.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow

from ._decision import Decision
from ._errors import QudaoError
from ._ruleset import Ruleset
from ._table import Errors, Part, kept
from ._values import Day

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["decide", "explain", "split"]


def decide(
    df: DataFrame,
    ruleset: Ruleset,
    *,
    only: Part | Iterable[Part] = (),
    reasons: bool = False,
    keep: bool | str | Iterable[str] = True,
    columns: Mapping[str, str] | None = None,
    as_of: Day | None = None,
    errors: Errors = "column",
    flat: bool = True,
) -> DataFrame:
    """Answers each row of a frame; its columns are kept unless told otherwise.

    A row that cannot be used keeps its place, without an answer, and the column ``error`` says what is wrong; ``split``
    makes two frames of that. The other arguments are those of ``Ruleset.table``; there is no column ``line``, as rows of
    a frame have no numbers.
    """
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    names = kept(keep)
    options: dict[str, Any] = {
        "only": [only] if isinstance(only, str) else list(only),
        "reasons": reasons,
        "keep": df.columns if names is None else names,
        "columns": dict(columns or {}),
        "as_of": as_of or ruleset.as_of or today(),
        "errors": errors,
        "flat": flat,
        "plain": True,
    }
    wanted = ruleset._core.wanted(df.columns, options["keep"], list(options["columns"].items()))
    asked = df.select(*(f"`{name.replace('`', '``')}`" for name in wanted)) if wanted else df
    work = Work(ruleset, options)
    answers = work.answered(to_arrow_schema(asked.schema).empty_table())
    # Spark's own types say nothing of nulls in what a worker returns.
    return asked.mapInArrow(work, from_arrow_schema(answers.schema))


def today() -> datetime.date:
    """The day in UTC."""
    return datetime.datetime.now(datetime.timezone.utc).date()


class Work:
    """What a worker does: it is sent with the ruleset as bytes, and answers the batches of a partition."""

    #: The rulesets that this process has compiled.
    rulesets: dict[str, Ruleset] = {}

    def __init__(self, ruleset: Ruleset, options: dict[str, Any]) -> None:
        self._digest = ruleset.digest
        self._sent = ruleset.__reduce__()
        self._options = options

    def answered(self, rows: Any) -> pyarrow.Table:
        """Answers a table at once."""
        return pyarrow.Table.from_batches(self._answers(rows), self._schema(rows))

    def _ruleset(self) -> Ruleset:
        if self._digest not in Work.rulesets:
            make, arguments = self._sent
            Work.rulesets[self._digest] = make(*arguments)
        return Work.rulesets[self._digest]

    def _schema(self, rows: Any) -> pyarrow.Schema:
        answers: Any = self._ruleset().table(rows, **self._options)
        schema = pyarrow.schema(answers)
        return schema.remove(schema.get_field_index("line"))

    def _answers(self, rows: Any) -> Iterator[pyarrow.RecordBatch]:
        for batch in self._ruleset().table(rows, **self._options).batches():
            names = [name for name in batch.schema.names if name != "line"]
            yield batch.select(names)

    def __call__(self, batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        batches = iter(batches)
        first = next(batches, None)
        if first is None:
            return

        def rows() -> Iterator[pyarrow.RecordBatch]:
            yield first
            yield from batches

        yield from self._answers(pyarrow.RecordBatchReader.from_batches(first.schema, rows()))


def split(answers: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Parts answers into the rows that have one and the rows that cannot be used.

    Each of the two frames is computed on its own: cache the answers before, if they took long.
    """
    return answers.where("error IS NULL").drop("error"), answers.where("error IS NOT NULL")


def explain(
    df: DataFrame, ruleset: Ruleset, *, columns: Mapping[str, str] | None = None, as_of: Day | None = None
) -> Decision:
    """Decides the one row of a frame, ``df.where("id = 7")`` for instance, with reasons that can be told.

    Raises:
        QudaoError: the frame has no row, or several, or the row does not fit the fields.
    """
    field_of = {column: field for field, column in (columns or {}).items()}
    wanted = ruleset._core.wanted(df.columns, [], list((columns or {}).items()))
    rows = df.select(*(f"`{name.replace('`', '``')}`" for name in wanted)).head(2)
    if len(rows) != 1:
        raise QudaoError("no row is left to explain" if not rows else "several rows are left; choose one by its key")

    def exact(value: Any) -> Any:
        # A table takes any float for its shortest decimal.
        return Decimal(repr(value)) if isinstance(value, float) else value

    profile = {field_of.get(name, name): exact(value) for name, value in rows[0].asDict().items()}
    return ruleset.decide(profile, as_of=as_of)
