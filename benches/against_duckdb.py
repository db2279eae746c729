"""Parquet to Parquet: 200 rules over 22 fields, run by `qudao batch` and by DuckDB as SQL, one thread each.

    pip install duckdb
    python3 benches/against_duckdb.py [ROWS]

It builds the program and writes everything below a temporary folder. The two answers are compared, value by value, then
CPU time and memory are told: of the whole command for ours, of the statement for DuckDB. DuckDB's answer has verdict,
leaning, score and range of each channel; so has ours, and the first channel besides.
"""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import duckdb

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHANNELS = 20


def cpu(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def rows_as_parquet(folder):
    """The table with the types that a warehouse would have."""
    enums = {f"e{n}": "VARCHAR" for n in range(6)}
    sets = {f"s{n}": "VARCHAR[]" for n in range(3)}
    numbers = {f"i{n}": "BIGINT" for n in range(5)} | {f"d{n}": "DECIMAL(12,2)" for n in range(3)}
    bools = {f"b{n}": "BOOLEAN" for n in range(5)}
    columns = {"id": "BIGINT"} | enums | sets | numbers | bools
    duckdb.sql(
        f"COPY (SELECT * FROM read_json('{folder}/rows.ndjson', format = 'newline_delimited', columns = {columns}))"
        f" TO '{folder}/rows.parquet'"
    )


def by_duckdb(folder):
    """In a process of its own, so that its time and memory are its own."""
    database = duckdb.connect()
    database.execute("SET threads = 1")
    sql = pathlib.Path(folder, "rules.sql").read_text().replace("FROM rows", f"FROM '{folder}/rows.parquet'")
    before, start = cpu(resource.RUSAGE_SELF), time.time()
    database.execute(f"COPY ({sql}) TO '{folder}/duckdb.parquet'")
    print(cpu(resource.RUSAGE_SELF) - before, time.time() - start)


def differences(folder):
    parts = ["verdict", "leaning", "score", "low", "high"]
    names = [f'"c{channel}.{part}"' for channel in range(CHANNELS) for part in parts]
    same = " AND ".join(f"a.{name} = b.{name}" for name in names)
    query = (
        f"SELECT count(*), count(*) FILTER (NOT ({same})) FROM '{folder}/ours.parquet' a"
        f" JOIN '{folder}/duckdb.parquet' b USING (id)"
    )
    return duckdb.sql(query).fetchall()[0]


def main():
    if sys.argv[1:2] == ["--duckdb"]:
        return by_duckdb(sys.argv[2])
    rows = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    subprocess.run(["cargo", "build", "--release", "--quiet", "--features", "parquet"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        write = ["cargo", "bench", "--quiet", "--features", "parquet", "--bench", "tables", "--", "--write", folder, rows]
        subprocess.run(write, cwd=ROOT, check=True)
        rows_as_parquet(folder)
        command = [target / "release/qudao", "batch", f"{folder}/rules.qd", f"{folder}/rows.parquet"]
        options = ["-o", f"{folder}/ours.parquet", "--keep", "id", "--threads", "1", "--summary", "none"]
        options += ["--only", "verdict,leaning,score,range"]
        before, start = cpu(resource.RUSAGE_CHILDREN), time.time()
        subprocess.run([*command, *options], check=True)
        ours, ours_wall = cpu(resource.RUSAGE_CHILDREN) - before, time.time() - start
        own = [sys.executable, __file__, "--duckdb", folder]
        told = subprocess.run(own, check=True, capture_output=True, text=True).stdout.split()
        theirs, theirs_wall = map(float, told)
        joined, different = differences(folder)
        size = {name: os.path.getsize(f"{folder}/{name}.parquet") / 1e6 for name in ["rows", "ours", "duckdb"]}
        print(f"{joined} rows, {different} of them answered otherwise; {size['rows']:.0f} MB in")
        print(f"qudao   {ours:.2f} s of CPU time, {ours_wall:.2f} s, {size['ours']:.0f} MB out")
        print(f"duckdb  {theirs:.2f} s of CPU time, {theirs_wall:.2f} s, {size['duckdb']:.0f} MB out")
        print(f"duckdb takes {theirs / ours:.1f} times as long")


if __name__ == "__main__":
    main()
