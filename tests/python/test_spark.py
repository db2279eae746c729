"""Answers inside Spark, on a cluster of two executors with processes of their own."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pytest

import qudao
import qudao.spark
from conftest import SHOP

pyspark_sql = pytest.importorskip("pyspark.sql")

ROWS = 4_000
SHOP_RULES = qudao.Ruleset.load(text=SHOP)
QUERY = "id", "cast(id % 40 / 2 as decimal(9,2)) as weight", "if(id % 2 = 0, 'red', 'blue') as colour", "id as spare"


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        pyspark_sql.SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.executor.memory", "1g")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="module")
def clients(spark: Any) -> Any:
    return spark.range(0, ROWS, 1, 8).selectExpr(*QUERY)


def test_a_frame_is_answered_as_a_table_is(clients: Any) -> None:
    answers = qudao.spark.decide(clients, SHOP_RULES, keep=["id"], reasons=True)
    table = clients.toArrow()
    wanted = SHOP_RULES.table(table, keep="id", reasons=True, errors="column", flat=True, plain=True).to_pyarrow()
    assert answers.orderBy("id").toArrow().to_pylist() == wanted.drop_columns(["line"]).to_pylist()
    # A row by its key, afterwards.
    decision = qudao.spark.explain(clients.where("id = 41"), SHOP_RULES)
    (row,) = answers.where("id = 41").collect()
    assert decision["letter"].verdict == row.letter_verdict == "recommended"
    with pytest.raises(qudao.QudaoError, match="several rows"):
        qudao.spark.explain(clients, SHOP_RULES)


def test_no_row_moves(clients: Any) -> None:
    answers = qudao.spark.decide(clients, SHOP_RULES, keep=["id"])
    plan = answers._jdf.queryExecution().executedPlan().toString()
    assert "Exchange" not in plan and "spare" not in plan


def test_bad_rows_are_set_aside(spark: Any) -> None:
    clients = spark.range(0, 100, 1, 4).selectExpr("id", "id as weight")
    answered, bad = qudao.spark.split(qudao.spark.decide(clients, SHOP_RULES))
    assert answered.count() == 31 and "error" not in answered.columns
    assert {row.id for row in bad.collect()} == set(range(31, 100))
    assert {row.error for row in bad.collect()} == {"`weight` is at most 30"}
    with pytest.raises(Exception, match="`weight` is at most 30"):
        qudao.spark.decide(clients, SHOP_RULES, errors="raise").collect()


def test_a_killed_worker_loses_nothing(clients: Any, tmp_path: Path) -> None:
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    # A class of a function is sent to workers as it is, one of a module by its name.
    class Killed(qudao.spark.Work):
        """Work whose process is killed in the midst of its first partition, once."""

        mark: str

        def __call__(self, batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
            for answers in super().__call__(batches):
                yield answers
                try:
                    os.close(os.open(self.mark, os.O_CREAT | os.O_EXCL))
                except FileExistsError:
                    continue
                os.kill(os.getpid(), signal.SIGKILL)

    work = Killed(SHOP_RULES, {"keep": ["id"], "only": "verdict", "as_of": "2026-01-01", "plain": True})
    work.mark = str(tmp_path / "killed")
    asked = clients.select("id", "weight")
    schema = from_arrow_schema(work.answered(to_arrow_schema(asked.schema).empty_table()).schema)
    ids = [row.id for row in asked.mapInArrow(work, schema).select("id").collect()]
    assert os.path.exists(work.mark)
    assert sorted(ids) == list(range(ROWS))
