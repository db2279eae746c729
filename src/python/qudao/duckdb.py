"""Answers inside DuckDB: a view whose rows are the answers to the rows of a table, made anew whenever it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from ._ruleset import Ruleset
from ._table import Errors, Part, kept
from ._values import Day

__all__ = ["register"]


def register(
    con: duckdb.DuckDBPyConnection,
    ruleset: Ruleset,
    clients: str,
    *,
    name: str | None = None,
    only: Part | Iterable[Part] = (),
    reasons: bool = False,
    keep: bool | str | Iterable[str] = True,
    columns: Mapping[str, str] | None = None,
    as_of: Day | None = None,
    errors: Errors = "raise",
    flat: bool = True,
) -> None:
    """Makes a view of answers, under the name of the ruleset unless another is given.

    Each time the view is read, so are the rows, and they are answered as they come: nothing is held. Only the columns
    that the ruleset reads, and those that are kept, are asked for. The rows are read by a cursor of the connection, which
    does not see tables that are temporary.

    Args:
        con: A connection of DuckDB.
        ruleset: What answers.
        clients: The name of a table or a view, a file as DuckDB names it, or a query.
        name: The name of the view.
        keep: The columns to take over, all unless told otherwise.

    The others are those of ``Ruleset.table``.

    >>> import duckdb, qudao, qudao.duckdb
    >>> con = duckdb.connect()
    >>> _ = con.execute("CREATE TABLE clients AS FROM (VALUES ('A', 30), ('B', 2)) t(name, posts_per_month)")
    >>> qudao.duckdb.register(con, qudao.Ruleset.load("wechat"), "clients", only="first")
    >>> con.execute("SELECT name, first FROM wechat ORDER BY name").fetchall()
    [('A', 'subscription'), ('B', 'subscription')]
    """
    source = _Clients(con, ruleset, clients)
    names = kept(keep)
    source.options = {
        "only": [only] if isinstance(only, str) else list(only),
        "reasons": reasons,
        "keep": source.columns if names is None else names,
        "columns": dict(columns or {}),
        "as_of": as_of,
        "errors": errors,
        "flat": flat,
    }
    # What is wrong with the options is said here, not where the view is read.
    source.__arrow_c_schema__()
    con.register(name or ruleset.name, source)


class _Clients:
    """The rows of a query, answered whenever they are read."""

    options: dict[str, Any]

    def __init__(self, con: duckdb.DuckDBPyConnection, ruleset: Ruleset, clients: str) -> None:
        self._con = con
        self._ruleset = ruleset
        query = clients.strip().rstrip(";")
        try:
            con.extract_statements(f"FROM {query}")
            self._clients = f"FROM {query}"
        except duckdb.ParserException:
            self._clients = query
        #: The names of all columns.
        self.columns: list[str] = list(self._query("*", "LIMIT 0").columns)

    def _query(self, what: str, behind: str = "") -> Any:
        # While a query reads the view, its connection does nothing else.
        relation: Any = self._con.cursor().sql(f"SELECT {what} FROM ({self._clients}) {behind}")
        return relation

    def _answers(self, behind: str = "") -> Any:
        keep, columns = self.options["keep"], list(self.options["columns"].items())
        wanted = self._ruleset._core.wanted(self.columns, keep, columns)
        # Of a table without a field the ruleset says what it lacks.
        names = ", ".join('"' + name.replace('"', '""') + '"' for name in wanted) or "*"
        return self._ruleset.table(self._query(names, behind), **self.options)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._answers().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> Any:
        return self._answers("LIMIT 0").__arrow_c_schema__()
