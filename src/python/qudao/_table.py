"""Answers to a whole table."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, Protocol, Union

from . import _qudao
from ._errors import QudaoError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Answers", "ArrowArray", "ArrowStream", "Errors", "Part", "Table"]


class ArrowStream(Protocol):
    """What gives its rows over the C interface of Arrow: tables of pyarrow, polars, pandas, relations of DuckDB."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...


class ArrowArray(Protocol):
    """The same for one batch of rows."""

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any: ...


#: A table that can be answered.
Table = Union[ArrowStream, ArrowArray]

#: What is told of each channel; ``first`` tells nothing but which comes first.
Part = Literal["first", "verdict", "leaning", "score", "range", "needs", "measures"]

#: What becomes of rows that cannot be used.
Errors = Literal["raise", "drop", "column"]


class Answers:
    """The answers to a table: a stream, read once, by whatever takes a table over the C interface of Arrow.

    ``pyarrow.table(answers)``, ``polars.DataFrame(answers)`` and ``duckdb.sql("FROM answers")`` read it; so do the
    methods below. Rows are answered as they are read, some at a time.
    """

    def __init__(self, core: _qudao.Answers) -> None:
        self._core = core

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._core.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> Any:
        return self._core.__arrow_c_schema__()

    @contextmanager
    def _telling(self) -> Generator[None, None, None]:
        """Tells what is wrong with a row as the package does, not as the library that reads it."""
        try:
            yield
        except Exception as error:
            if self._core.broken is None:
                raise
            raise QudaoError(self._core.broken) from error

    def to_pyarrow(self) -> pyarrow.Table:
        """All rows as a table of pyarrow."""
        import pyarrow

        with self._telling():
            return pyarrow.table(self)

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        """The rows as batches of pyarrow, one after the other."""
        import pyarrow

        reader = pyarrow.RecordBatchReader.from_stream(self)
        with self._telling():
            yield from reader

    def to_polars(self) -> polars.DataFrame:
        """All rows as a frame of polars."""
        import polars

        with self._telling():
            return polars.DataFrame(self)

    def to_pandas(self) -> pandas.DataFrame:
        """All rows as a frame of pandas."""
        table: Any = self.to_pyarrow()
        frame: pandas.DataFrame = table.to_pandas()
        return frame

    @property
    def rejected(self) -> int:
        """How many rows were left out so far, with ``errors="drop"``."""
        return self._core.rejected

    @property
    def rejects(self) -> list[tuple[int, str]]:
        """The first thousand of them: the number of the row, from 1, and what is wrong with it."""
        return self._core.rejects


def answers(
    ruleset: _qudao.Ruleset,
    data: Table,
    *,
    only: Part | Iterable[Part],
    reasons: bool,
    keep: bool | str | Iterable[str],
    columns: Mapping[str, str] | None,
    as_of: str | None,
    errors: Errors,
    flat: bool,
    plain: bool,
) -> Answers:
    """Asks for the answers to a table."""
    return Answers(
        ruleset.table(
            data,
            only=[only] if isinstance(only, str) else list(only),
            reasons=reasons,
            keep=kept(keep),
            columns=list((columns or {}).items()),
            as_of=as_of,
            errors=errors,
            flat=flat,
            plain=plain,
        )
    )


def kept(keep: bool | str | Iterable[str]) -> list[str] | None:
    """The columns that are taken over; nothing for all of them."""
    if keep is True:
        return None
    if keep is False:
        return []
    return [keep] if isinstance(keep, str) else list(keep)
