"""Answers inside DuckDB."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

import qudao
import qudao.duckdb
from conftest import SHOP

#: As many as one likes; `benches/python.py` reads a million.
ROWS = int(os.environ.get("QUDAO_ROWS", "100_000"))
SHOP_RULES = qudao.Ruleset.load(text=SHOP)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    con.execute(
        f"""CREATE TABLE "the clients" AS
        SELECT range AS id, (range % 40 / 2)::DECIMAL(9, 2) AS weight, 'red' AS colour, range % 7 AS region, {{'a': 1}} AS spare
        FROM range({ROWS})"""
    )
    yield con
    con.close()


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return con.execute(query).fetchall()


def test_a_view_answers_all_rows(con: duckdb.DuckDBPyConnection) -> None:
    qudao.duckdb.register(con, SHOP_RULES, '"the clients"', keep=["id", "region"], only=["verdict", "score"])
    counts = rows(con, "SELECT letter_verdict, count(*), count(DISTINCT id) FROM shop GROUP BY ALL ORDER BY ALL")
    light = ROWS * 3 // 40
    assert counts == [("possible", ROWS - light, ROWS - light), ("recommended", light, light)]
    # It is read anew by each query, and joined with what it was made of.
    joined = 'SELECT count(*) FROM shop JOIN "the clients" c USING (id) WHERE c.weight <= 1 AND letter_score = 1'
    assert rows(con, joined) == [(light,)]
    con.execute('DELETE FROM "the clients" WHERE weight <= 1')
    assert rows(con, "SELECT count(*) FROM shop WHERE letter_verdict = 'recommended'") == [(0,)]


def test_a_view_says_what_a_table_says(con: duckdb.DuckDBPyConnection) -> None:
    query = 'FROM "the clients" SELECT id, weight, colour ORDER BY id LIMIT 100'
    qudao.duckdb.register(con, SHOP_RULES, query + ";", name="answers", reasons=True)
    relation = con.cursor().sql(query)
    assert relation is not None
    table = SHOP_RULES.table(relation, keep=True, reasons=True).to_pyarrow()
    assert rows(con, "FROM answers ORDER BY id") == [tuple(row.values()) for row in table.to_pylist()]


def test_only_what_is_needed_is_read(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE VIEW clients AS SELECT id, weight, error('nobody asked for this') AS costly FROM \"the clients\"")
    qudao.duckdb.register(con, SHOP_RULES, "clients", keep="id", only="first")
    assert rows(con, "SELECT count(first) FROM shop") == [(ROWS,)]


def test_what_is_wrong_is_said_at_once(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        qudao.duckdb.register(con, SHOP_RULES, "nowhere")
    with pytest.raises(qudao.QudaoError, match="no column is a field"):
        qudao.duckdb.register(con, SHOP_RULES, "SELECT 1 AS one")
    with pytest.raises(qudao.QudaoError, match="`line` cannot be kept"):
        qudao.duckdb.register(con, SHOP_RULES, "SELECT 1 AS weight, 2 AS line")


def test_a_bad_row_ends_the_query_or_has_its_error(con: duckdb.DuckDBPyConnection) -> None:
    bad = "SELECT range AS weight FROM range(40)"
    qudao.duckdb.register(con, SHOP_RULES, bad)
    with pytest.raises(duckdb.Error, match="row 32: `weight` is at most 30"):
        rows(con, "FROM shop")
    qudao.duckdb.register(con, SHOP_RULES, bad, name="marked", errors="column")
    assert rows(con, "SELECT count(*), count(error), count(first) FROM marked") == [(40, 9, 31)]
