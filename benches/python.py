#!/usr/bin/env python3
"""What answering costs from Python, in DuckDB and in Spark: rows a second of one core, on rows that are made here.

    maturin develop --release -m src/python/Cargo.toml
    python benches/python.py [--rows 1000000] [--spark 10000000] [--master 'local-cluster[2,1,1024]']

Each figure is the best of three, in processor time of this process; of Spark, time on the clock times cores, as its
workers are processes of their own, and beside it the same rows only passed through Python.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Any, Callable

import duckdb
import pyarrow

import qudao
import qudao.duckdb

RULESET = qudao.Ruleset.load("wechat")
#: Of each field that is not left out, an expression of SQL over the number of the row.
FIELDS = {
    "entity_type": "['company', 'individual', 'government', 'sole_trader'][1 + id % 4]",
    "entity_region": "['mainland', 'hk_mo_tw', 'overseas'][1 + id % 3]",
    "posts_per_month": "(id % 31)::BIGINT",
    "sells_in_wechat": "id % 5 = 0",
    "needs_payment": "CASE WHEN id % 7 > 0 THEN id % 2 = 0 END",
    "goals": "CASE WHEN id % 2 = 0 THEN ['content_publishing'] ELSE ['direct_sales', 'retention'] END",
}


def measured(work: Callable[[], Any], clock: Callable[[], float] = time.process_time) -> float:
    times = []
    for _ in range(3):
        begin = clock()
        work()
        times.append(clock() - begin)
    return min(times)


def told(name: str, rows: int, seconds: float) -> None:
    print(f"{name:40} {seconds:8.2f} s {rows / seconds:14,.0f} rows a second")


def spark(rows: int, master: str, only: Any) -> None:
    from pyspark.sql import SparkSession

    import qudao.spark

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = SparkSession.builder.master(master).config("spark.ui.enabled", "false").getOrCreate()
    cores = session.sparkContext.defaultParallelism
    clients = session.range(0, rows, 1, cores * 4).selectExpr(
        "id",
        "element_at(array('company', 'individual', 'government'), cast(1 + id % 3 as int)) as entity_type",
        "id % 31 as posts_per_month",
        "id % 5 = 0 as sells_in_wechat",
    )

    def run(frame: Any) -> Callable[[], Any]:
        return lambda: frame.write.format("noop").mode("overwrite").save()

    def same(batches: Any) -> Any:
        yield from batches

    passed = measured(run(clients.mapInArrow(same, clients.schema)), time.perf_counter) * cores
    answers = qudao.spark.decide(clients, RULESET, keep="id", only=only)
    answered = measured(run(answers), time.perf_counter) * cores
    # The like of what rules of this size cost as expressions: one of three verdicts and a sum of points.
    points = " + ".join(f"if(posts_per_month > {at} and entity_type = 'company', {at}, 0)" for at in range(20))
    sql = clients.selectExpr("id", f"{points} as score", f"if({points} > 9, 'recommended', 'possible') as verdict")
    told("Spark: rows passed through Python", rows, passed)
    told("Spark: answers", rows, answered)
    told("Spark: 20 conditions as Spark SQL", rows, measured(run(sql), time.perf_counter) * cores)
    session.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--spark", type=int, default=0, help="so many rows in Spark, too")
    parser.add_argument("--master", default="local-cluster[2,1,1024]")
    parser.add_argument("--only", default="verdict")
    args = parser.parse_args()
    con = duckdb.connect()
    con.execute("SET threads = 1")
    columns = ", ".join(f"{expression} AS {name}" for name, expression in FIELDS.items())
    con.execute(f"CREATE TABLE clients AS SELECT id, {columns} FROM range({args.rows}) t(id)")
    table: pyarrow.Table = con.sql("FROM clients").to_arrow_table()

    def read(answers: qudao.Answers) -> int:
        return sum(batch.num_rows for batch in answers.batches())

    alone = measured(lambda: read(RULESET.table(table, only=args.only, keep="id")))
    told("Ruleset.table, from pyarrow", args.rows, alone)
    everything = measured(lambda: read(RULESET.table(table, keep="id")))
    told("the same, everything told", args.rows, everything)
    qudao.duckdb.register(con, RULESET, "clients", name="answers", only=args.only, keep="id")
    count = "SELECT count(*) FROM answers WHERE first IS NOT NULL"
    told("DuckDB: SELECT count(*) FROM answers", args.rows, inside := measured(lambda: con.execute(count).fetchall()))
    print(f"DuckDB takes {inside / alone:.2f} times the time of Ruleset.table")
    one = {"entity_type": "company", "posts_per_month": 30, "sells_in_wechat": True}
    told("Ruleset.decide, one by one", 100, measured(lambda: [RULESET.decide(one) for _ in range(100)]))
    if args.spark:
        spark(args.spark, args.master, args.only)


if __name__ == "__main__":
    main()
