"""Tables: every library that speaks Arrow is understood, and each row is answered as `decide` answers it."""

from __future__ import annotations

import datetime
import gc
import json
import random
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pytest

import qudao
from conftest import SHOP, random_profiles

WECHAT = qudao.Ruleset.load("wechat")
SHOP_RULES = qudao.Ruleset.load(text=SHOP)
ROWS: list[dict[str, Any]] = [
    {"id": 1, "weight": Decimal("0.5"), "colour": "red", "colours": ["red"], "fragile": True},
    {"id": 2, "weight": Decimal("12.25"), "colour": "blue", "colours": [], "fragile": None},
    {"id": 3, "weight": None, "colour": None, "colours": None, "fragile": False},
]
CLIENTS = pyarrow.table(
    {
        "id": [row["id"] for row in ROWS],
        "weight": pyarrow.array([row["weight"] for row in ROWS], pyarrow.decimal128(9, 2)),
        "colour": [row["colour"] for row in ROWS],
        "colours": pyarrow.array([row["colours"] for row in ROWS], pyarrow.list_(pyarrow.string())),
        "fragile": [row["fragile"] for row in ROWS],
    }
)


def told(answers: qudao.Answers) -> list[dict[str, Any]]:
    return answers.to_pyarrow().to_pylist()


def expected(ruleset: qudao.Ruleset, profile: dict[str, Any]) -> dict[str, Any]:
    """What a row of a table must say, from the JSON of a decision."""
    result = ruleset.decide(profile).to_dict()
    row: dict[str, Any] = {"first": result["first"]["target"], "settled": result["first"]["settled"]}
    for target in result["channels"] + result["mixes"]:
        name = target["id"]
        row[f"{name}.verdict"] = target["verdict"]
        row[f"{name}.leaning"] = target["leaning"]
        row[f"{name}.score"] = target["score"]
        row[f"{name}.low"], row[f"{name}.high"] = target["score_range"]
    return row


@pytest.mark.parametrize("seed", range(3))
def test_table_is_decide_is_batch(seed: int, tmp_path: Path) -> None:
    profiles = random_profiles(WECHAT, random.Random(seed), 40)
    table = pyarrow.Table.from_pylist(profiles, schema=schema_of(profiles[0]))
    file, rejects = tmp_path / "clients.ndjson", tmp_path / "rejects.ndjson"
    file.write_text("".join(json.dumps(profile, default=float) + "\n" for profile in profiles))
    command = ["qudao", "batch", "wechat", str(file), "--rejects", str(rejects), "--summary", "none"]
    batch = {line["line"]: line for line in map(json.loads, subprocess.run(command, stdout=-1).stdout.splitlines())}
    rows = told(WECHAT.table(table, errors="column"))
    assert [row["line"] for row in rows] == list(range(1, 41))
    decided = 0
    for row, profile in zip(rows, profiles, strict=True):
        try:
            wanted = expected(WECHAT, profile)
        except qudao.QudaoError:
            assert row["error"] and row["first"] is None and row["line"] not in batch
            continue
        decided += 1
        assert {name: row[name] for name in wanted} == wanted and row["error"] is None
        answer = batch[row["line"]]
        assert (row["first"], row["settled"]) == (answer["first"], answer["settled"])
        for name, target in answer["targets"].items():
            for part, value in target.items():
                assert row[f"{name}.{part}"] == value
    assert 0 < decided and (decided < 40 or seed > 0)
    assert len(rejects.read_text().splitlines()) == 40 - decided == 40 - len(batch)


def schema_of(profile: dict[str, Any]) -> pyarrow.Schema:
    return pyarrow.schema([field for field in WECHAT.schema() if field.name in profile])


def frames() -> Iterator[tuple[str, Any]]:
    yield "pyarrow table", CLIENTS
    yield "pyarrow batch", CLIENTS.to_batches()[0]
    yield "pyarrow reader", pyarrow.RecordBatchReader.from_batches(CLIENTS.schema, CLIENTS.to_batches())
    yield "pyarrow chunks", pyarrow.concat_tables([CLIENTS.slice(0, 1), CLIENTS.slice(1, 0), CLIENTS.slice(1)])
    yield "polars", polars.DataFrame(CLIENTS)
    yield (
        "polars categorical",
        polars.DataFrame(CLIENTS).with_columns(polars.col("colour").cast(polars.Categorical)),
    )
    yield (
        "polars enum",
        polars.DataFrame(CLIENTS).with_columns(polars.col("colour").cast(polars.Enum(["red", "blue"]))),
    )
    frame = CLIENTS.to_pandas(types_mapper=pandas.ArrowDtype)
    yield "pandas", frame
    yield "pandas category", frame.assign(colour=frame["colour"].astype("category"))
    yield "duckdb", duckdb.connect().sql("FROM CLIENTS")
    enum = "SELECT * REPLACE (colour::ENUM('red', 'blue') AS colour) FROM CLIENTS"
    yield "duckdb enum", duckdb.connect().sql(enum)


@pytest.mark.parametrize(("name", "frame"), [pytest.param(*frame, id=frame[0]) for frame in frames()])
def test_any_frame_is_a_table(name: str, frame: Any) -> None:
    assert told(SHOP_RULES.table(frame, keep="id")) == told(SHOP_RULES.table(CLIENTS, keep="id"))


def test_any_library_takes_the_answers() -> None:
    wanted = told(SHOP_RULES.table(CLIENTS, keep="id"))
    answers = SHOP_RULES.table(CLIENTS, keep="id")
    relation = duckdb.sql("FROM answers")
    assert relation is not None and relation.fetchall() == [tuple(row.values()) for row in wanted]
    assert SHOP_RULES.table(CLIENTS, keep="id").to_polars().to_dicts() == wanted
    assert list(SHOP_RULES.table(CLIENTS, keep="id").to_pandas()["id"]) == [1, 2, 3]
    assert [batch.num_rows for batch in SHOP_RULES.table(CLIENTS).batches()] == [3]
    unread: Any = SHOP_RULES.table(CLIENTS)
    schema = pyarrow.schema(unread)
    assert schema == SHOP_RULES.table(CLIENTS).to_pyarrow().schema
    assert schema.field("line").type == pyarrow.int64()


def test_answers_are_read_once() -> None:
    answers = SHOP_RULES.table(CLIENTS)
    assert len(told(answers)) == 3
    with pytest.raises(qudao.QudaoError, match="read already"):
        told(answers)


def test_what_is_told_is_chosen() -> None:
    names = SHOP_RULES.table(CLIENTS, only=["verdict", "score"], flat=True).to_pyarrow().column_names
    assert names == ["line", "first", "settled", "letter_verdict", "letter_score", "parcel_verdict", "parcel_score"]
    assert SHOP_RULES.table(CLIENTS, only="first").to_pyarrow().column_names == ["line", "first", "settled"]
    assert told(SHOP_RULES.table(CLIENTS, only="first", reasons=True))[0]["fired"] == ["light"]
    all_kept = SHOP_RULES.table(CLIENTS, only="first", keep=True).to_pyarrow()
    assert all_kept.select(CLIENTS.column_names).equals(CLIENTS)
    plain = SHOP_RULES.table(CLIENTS, reasons=True, plain=True).to_pyarrow()
    assert plain.to_pylist() == told(SHOP_RULES.table(CLIENTS, reasons=True))
    assert not any("dictionary" in str(ty) for ty in plain.schema.types)
    renamed = CLIENTS.rename_columns(["id", "kilos", "colour", "colours", "fragile"])
    assert told(SHOP_RULES.table(renamed, columns={"weight": "kilos"})) == told(SHOP_RULES.table(CLIENTS))


BAD = pyarrow.table({"id": ["a", "b", "c", "d"], "weight": [0.5, 99.0, float("nan"), None]})


def test_a_bad_row_ends_the_reading_unless_told_otherwise() -> None:
    says = "row 2: `weight` is at most 30.*errors="
    for read in [qudao.Answers.to_pyarrow, qudao.Answers.to_polars, qudao.Answers.to_pandas]:
        with pytest.raises(qudao.QudaoError, match=says):
            read(SHOP_RULES.table(BAD))
    with pytest.raises(qudao.QudaoError, match=says):
        list(SHOP_RULES.table(BAD).batches())
    with pytest.raises(pyarrow.ArrowInvalid, match=says):
        pyarrow.table(SHOP_RULES.table(BAD))
    dropped = SHOP_RULES.table(BAD, keep="id", errors="drop")
    assert [row["id"] for row in told(dropped)] == ["a", "d"]
    assert dropped.rejected == 2
    assert [(row, why.split(",")[0]) for row, why in dropped.rejects] == [
        (2, "`weight` is at most 30"),
        (3, "`weight` is NaN"),
    ]
    rows = told(SHOP_RULES.table(BAD, keep="id", errors="column", only="verdict", reasons=True))
    assert [(row["line"], row["id"], row["letter.verdict"]) for row in rows] == [
        (1, "a", "recommended"),
        (2, "b", None),
        (3, "c", None),
        (4, "d", "undecided"),
    ]
    assert [row["error"] is None for row in rows] == [True, False, False, True]
    assert [row["fired"] for row in rows] == [["light"], None, None, []]
    assert rows[1]["error"] == "`weight` is at most 30"


@pytest.mark.parametrize(
    ("data", "options", "error", "says"),
    [
        ([{"weight": 1}], {}, TypeError, "`list` has no `__arrow_c_stream__`"),
        (pyarrow.table({"id": [1]}), {}, qudao.QudaoError, "no column is a field of `shop`"),
        (pyarrow.table({"weight": [True]}), {}, qudao.QudaoError, "`weight` holds Boolean, and `weight` takes"),
        (CLIENTS, {"only": "verdicts"}, qudao.QudaoError, "`only` knows no `verdicts`; it takes first, verdict,"),
        (CLIENTS, {"errors": "ignore"}, qudao.QudaoError, '`errors` is "raise", "drop" or "column"'),
        (CLIENTS, {"keep": "name"}, qudao.QudaoError, "`name`"),
        (CLIENTS.append_column("line", [[1, 2, 3]]), {"keep": True}, qudao.QudaoError, "`line` cannot be kept"),
        (CLIENTS, {"columns": {"wieght": "id"}}, qudao.QudaoError, "`wieght`"),
        (CLIENTS, {"as_of": "yesterday"}, qudao.QudaoError, "`yesterday` is no day"),
    ],
)
def test_what_is_no_table_says_why(data: Any, options: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        SHOP_RULES.table(data, **options)


def test_rows_come_as_they_are_read() -> None:
    read = 0

    def batches() -> Iterator[pyarrow.RecordBatch]:
        nonlocal read
        for number in range(100):
            read = number + 1
            yield pyarrow.record_batch({"weight": [number % 40]})

    schema = pyarrow.schema([("weight", pyarrow.int64())])
    source = pyarrow.RecordBatchReader.from_batches(schema, batches())
    answers = SHOP_RULES.table(source, errors="column").batches()
    assert next(answers)["line"].to_pylist() == [1] and read <= 2
    assert next(answers)["line"].to_pylist() == [2] and read <= 3
    del answers
    gc.collect()
    many = pyarrow.table({"weight": pyarrow.array([1] * 200_000, pyarrow.int8())})
    sizes = [batch.num_rows for batch in SHOP_RULES.table(many, only="first").batches()]
    assert sum(sizes) == 200_000 and max(sizes) <= 65_536


def test_a_stream_that_breaks_is_told() -> None:
    def batches() -> Iterator[pyarrow.RecordBatch]:
        yield pyarrow.record_batch({"weight": [1]})
        raise OSError("the disk is gone")

    schema = pyarrow.schema([("weight", pyarrow.int64())])
    source = pyarrow.RecordBatchReader.from_batches(schema, batches())
    with pytest.raises(Exception, match="the disk is gone"):
        told(SHOP_RULES.table(source))


def test_no_rows_are_no_answers() -> None:
    empty = SHOP_RULES.table(CLIENTS.slice(0, 0), errors="column").to_pyarrow()
    assert empty.num_rows == 0 and "error" in empty.column_names


def test_days_come_in_all_forms() -> None:
    days = [datetime.date(2024, 2, 29), None]
    forms: dict[str, Any] = {
        "date32": pyarrow.array(days),
        "text": pyarrow.array(["2024-02-29", None]),
        "dictionary": pyarrow.array(["2024-02-29", None]).dictionary_encode(),
    }
    for form in forms.values():
        assert len(told(SHOP_RULES.table(pyarrow.table({"since": form})))) == 2


def test_threads_answer_at_once() -> None:
    wanted = told(SHOP_RULES.table(CLIENTS))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: told(SHOP_RULES.table(CLIENTS)), range(64))) == [wanted] * 64
