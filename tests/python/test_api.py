"""What the package says of one profile, and of what is wrong."""

from __future__ import annotations

import copy
import datetime
import enum
import json
import pickle
import subprocess
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import qudao
from conftest import RULESETS, SHOP

WECHAT = qudao.Ruleset.load("wechat")


def test_a_ruleset_is_a_name_a_file_a_folder_or_a_text() -> None:
    folder = RULESETS / "wechat"
    loaded = [qudao.Ruleset.load(folder), qudao.Ruleset.load(str(folder / "wechat.qd"))]
    assert {ruleset.digest for ruleset in loaded} == {WECHAT.digest}
    assert qudao.Ruleset.load(text=SHOP).name == "shop"
    with pytest.raises(TypeError):
        qudao.Ruleset.load()


def test_what_cannot_be_loaded_says_why() -> None:
    with pytest.raises(qudao.QudaoError, match="no file and no ruleset .* is named `wechatt`"):
        qudao.Ruleset.load("wechatt")
    with pytest.raises(qudao.QudaoError, match="holds .* rulesets; name one of them"):
        qudao.Ruleset.load(RULESETS)


def test_a_mistake_has_its_place() -> None:
    with pytest.raises(qudao.QudaoError) as raised:
        qudao.Ruleset.load(text=SHOP.replace("weight <=", "wieght <="), name="shop.qd")
    (found,) = raised.value.diagnostics
    assert (found.code, found.severity, found.file) == ("unknown-field", "error", "shop.qd")
    assert found.line == found.span.end_line and found.span.end_column - found.column == len("wieght")
    assert found.help is not None and "`weight`" in found.help
    assert "shop.qd:" in str(raised.value)
    again = pickle.loads(pickle.dumps(raised.value))
    assert str(again) == str(raised.value) and again.diagnostics == raised.value.diagnostics


def test_a_ruleset_is_sent_as_it_is_and_not_as_its_files_are_later(tmp_path: Path) -> None:
    main, part = tmp_path / "shop.qd", tmp_path / "part.qd"
    main.write_text(SHOP + '\nimport "part.qd"\n')
    part.write_text("rule heavy { when weight > 20 then exclude letter }\n")
    ruleset = qudao.Ruleset.load(main)
    sent = pickle.dumps(ruleset)
    part.unlink()
    again = pickle.loads(sent)
    assert again.digest == ruleset.digest
    assert again.decide({"weight": 21})["letter"].verdict == "excluded"
    assert copy.deepcopy(ruleset).digest == ruleset.digest


def test_the_json_is_that_of_the_command(tmp_path: Path) -> None:
    file = tmp_path / "client.json"
    file.write_text('{"entity_type": "company", "posts_per_month": 30}')
    for options, lang in [([], None), (["--lang", "zh"], "zh")]:
        told = subprocess.run(
            ["qudao", "eval", "wechat", str(file), "--json", "--trace", *options],
            capture_output=True,
            check=True,
        )
        decision = WECHAT.decide(file)
        assert decision.to_dict(lang=lang, trace=True) == json.loads(told.stdout)
        assert decision.to_json(lang=lang, trace=True, indent=True) + "\n" == told.stdout.decode()


def test_a_decision_is_a_mapping() -> None:
    decision = WECHAT.decide({"entity_type": "company", "posts_per_month": 30})
    told = decision.to_dict()
    names = [target["id"] for target in told["channels"] + told["mixes"]]
    assert list(decision) == names and decision.first == names[0]
    for target in told["channels"] + told["mixes"]:
        mine = decision[target["id"]]
        told_of = (target["verdict"], target["leaning"], target["settled"], target["score"])
        assert (mine.verdict or "undecided", mine.leaning, mine.settled, mine.score) == told_of
    assert decision.missing == [missing["field"] for missing in told["missing"]]
    assert decision.as_of == datetime.date(2021, 6, 1)
    assert WECHAT.decide({}, as_of="2024-02-29").as_of == datetime.date(2024, 2, 29)
    with pytest.raises(KeyError):
        decision["nowhere"]


def test_a_decision_tells_why() -> None:
    decision = WECHAT.decide({"entity_type": "company"})
    assert decision.why("service").startswith("service (Service account)")
    assert decision.why("service", lang="zh") != decision.why("service")
    assert decision.advice("service")["target"] == "service"
    assert "<html" in decision.report(name="Somebody") and "Somebody" in decision.report(name="Somebody")
    assert decision._repr_html_().startswith("<iframe srcdoc=")
    assert decision.text() == str(decision)
    with pytest.raises(qudao.QudaoError, match="no channel or mix `servise`"):
        decision.why("servise")


class Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, "1"),
        (Decimal("0.10"), "0.1"),
        (Decimal("1E+1"), "10"),
        (0.1, "0.1"),
        (12.5, "12.5"),
    ],
)
def test_numbers_are_exact(value: Any, number: str) -> None:
    told = qudao.Ruleset.load(text=SHOP).decide({"weight": value}).to_dict()
    assert told["profile"]["fields"][0]["number"] == number


def test_values_of_python() -> None:
    shop = qudao.Ruleset.load(text=SHOP)

    def told(**profile: Any) -> dict[str, Any]:
        fields = shop.decide(profile).to_dict()["profile"]["fields"]
        return {field["field"]: (field["value"], field["from"]) for field in fields}

    assert told(colour=Colour.RED)["colour"] == ("red", "given")
    assert told(colours={"red", "blue"})["colours"] == told(colours=["blue", "red"])["colours"]
    assert told(since=datetime.date(2024, 2, 29))["since"] == ("2024-02-29", "given")
    assert told(since=datetime.datetime(2024, 2, 29))["since"] == ("2024-02-29", "given")
    # What has a default shows the difference between "not sure" and no answer.
    assert told(fragile=None)["fragile"] == (None, "given")
    assert told(fragile=qudao.NOT_SURE)["fragile"] == (None, "given")
    assert told(fragile=qudao.LEFT_OUT)["fragile"] == (False, "default")
    assert told()["fragile"] == (False, "default")


@pytest.mark.parametrize(
    ("profile", "error", "says"),
    [
        ({"weight": 0.1 + 0.2}, qudao.QudaoError, 'the float 0.30000000000000004.*Decimal\\("0.30"\\)'),
        ({"weight": float("nan")}, qudao.QudaoError, "NaN, which is no number; give None"),
        ({"weight": float("-inf")}, qudao.QudaoError, "no number"),
        ({"weight": Decimal("sNaN")}, qudao.QudaoError, "no number"),
        ({"weight": Decimal("1E+999999")}, qudao.QudaoError, "weight"),
        ({"weight": 10**5000}, qudao.QudaoError, "too many digits"),
        ({"weight": 1j}, TypeError, "`weight` is `complex`"),
        ({"weight": object()}, TypeError, "`weight` is `object`"),
        ({"weight": {}}, TypeError, "`weight` is `dict`"),
        ({"colour": b"red"}, TypeError, "`bytes`"),
        ({"colour": "rad"}, qudao.QudaoError, "no value `rad`"),
        ({"colour": "\ud800"}, UnicodeEncodeError, "surrogates"),
        ({"colours": "red" * 100_000}, qudao.QudaoError, "colours"),
        ({"wieght": 1}, qudao.QudaoError, "no field `wieght`"),
        ({"since": datetime.datetime(2024, 2, 29, 12)}, qudao.QudaoError, "a time of day"),
        ({3: 1}, TypeError, "the name of a field is a text, not `int`"),
        (3, TypeError, "a profile is a mapping of fields, or a path, not `int`"),
        ("nowhere.json", qudao.QudaoError, "cannot read the profile `nowhere.json`"),
    ],
)
def test_what_is_no_profile_is_refused(profile: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        qudao.Ruleset.load(text=SHOP).decide(profile)


def test_no_nesting_is_too_deep() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(qudao.QudaoError, match="nests deeper"):
        qudao.Ruleset.load(text=SHOP).decide({"colours": deep})


def test_fields_say_what_may_be_answered() -> None:
    shop = qudao.Ruleset.load(text=SHOP)
    fields = shop.fields
    assert [(field.name, field.type) for field in fields.values()] == [
        ("weight", "number"),
        ("colour", "enum"),
        ("colours", "set"),
        ("fragile", "bool"),
        ("since", "date"),
    ]
    assert fields["colour"].values == {"red": "red", "blue": "Deep blue"}
    assert fields["fragile"].default == "false"
    assert set(shop.json_schema()["properties"]) == set(fields)
    assert [finding.code for finding in shop.check()] == ["unread-field"] * 4 + ["never-recommended"]


def test_threads_share_a_ruleset() -> None:
    profiles = [{"posts_per_month": number} for number in range(12)]
    alone = [WECHAT.decide(profile).to_json() for profile in profiles]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda profile: WECHAT.decide(profile).to_json(), profiles)) == alone


def test_the_wheel_holds_the_command(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["qudao", *arguments], capture_output=True, text=True, cwd=tmp_path)

    assert run("--version").stdout == f"qudao {qudao.__version__}\n"
    assert run("eval", "wechat", "--set", "posts_per_month=many").returncode == 1
    wrong = run("evil")
    assert wrong.returncode == 2 and "unrecognized subcommand 'evil'" in wrong.stderr
