"""Interviews, differences, tests of rulesets, and the plugin of pytest."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

import qudao
from conftest import RULESETS, SHOP

pytest_plugins = ["pytester"]

WECHAT = qudao.Ruleset.load("wechat")
SHOP_RULES = qudao.Ruleset.load(text=SHOP)


def test_an_interview_asks_until_nothing_is_open() -> None:
    interview = SHOP_RULES.ask()
    (question,) = list(interview)
    assert (question.field.name, question.why, question.affects) == ("weight", "verdict", ("letter",))
    assert question.rules == ("light",) and "decides about letter" in question.because.lower()
    assert interview.answers == {}
    interview = SHOP_RULES.ask()
    next(interview)
    with pytest.raises(StopIteration):
        interview.send(1)
    assert interview.answers == {"weight": 1} and interview.decision.verdict == "recommended"


def test_a_wrong_answer_leaves_the_question_open() -> None:
    interview = SHOP_RULES.ask()
    assert next(interview).field.name == "weight"
    with pytest.raises(qudao.QudaoError, match="at most 30"):
        interview.answer(31)
    interview.answer(30)
    with pytest.raises(ValueError, match="no question is open"):
        interview.answer(30)
    assert list(interview) == [] and interview.answers == {"weight": 30}


def test_what_every_profile_answers_is_asked_first() -> None:
    ruleset = qudao.Ruleset.load(text=SHOP.replace("colour: Colour", "colour: Colour required"))
    interview = ruleset.ask()
    question = next(interview)
    assert (question.field.name, question.why) == ("colour", "required")
    with pytest.raises(qudao.QudaoError, match="no value `green`"):
        interview.send("green")
    assert interview.send("red").field.name == "weight"


def test_questions_come_in_a_language() -> None:
    english, chinese = (next(WECHAT.ask(lang=lang)) for lang in ["en", "zh"])
    assert english.field.name == chinese.field.name
    assert str(english) != str(chinese) and english.because != chinese.because


def test_a_difference_shows_who_is_concerned() -> None:
    other = qudao.Ruleset.load(text=SHOP.replace("weight <= 1", "weight <= 2"), name="new.qd")
    found = SHOP_RULES.diff(other, profiles={"heavy": {"weight": 2}})
    assert found.changes and not SHOP_RULES.diff(SHOP_RULES).changes
    document = found.to_dict()
    assert document["schema"] == "qudao.diff/1"
    assert [profile["profile"] for profile in document["profiles"]] == ["heavy"]
    assert "heavy" in str(found) and "heavy" in found.markdown()


def test_tests_say_what_the_command_says() -> None:
    told = subprocess.run(
        ["qudao", "test", str(RULESETS / "wechat"), "--check", "--format", "json"], capture_output=True, check=True
    )
    run = qudao.Ruleset.load(RULESETS / "wechat").test()
    assert run.to_dict() == json.loads(told.stdout) and run.ok


TESTED = SHOP + """
test "a feather" { given { weight = 0.1 } expect letter recommended }
test "a stone" { given { weight = 30 } expect letter recommended }
property light_is_a_letter { when weight <= 1  expect letter recommended }
"""


def test_the_plugin_collects_rulesets(pytester: pytest.Pytester) -> None:
    pytester.makefile(".qd", shop=TESTED, broken=SHOP + "rule", part="// A part of another ruleset.\n")
    profiles = pytester.mkdir("profiles")
    (profiles / "client.yaml").write_text("weight: 1\n")
    run = pytester.runpytest_subprocess("--qudao", "-v", "-p", "no:cacheprovider")
    run.assert_outcomes(passed=2, failed=3)
    run.stdout.fnmatch_lines(["*broken.qd::ruleset FAILED*", "*shop.qd::test: a feather PASSED*"])
    run.stdout.fnmatch_lines(["error?syntax?*", "expected letter recommended*", "the snapshot is new*"])
    assert not list(pytester.path.glob("**/*.snap*"))
    # Nothing is collected unless it is asked for.
    assert pytester.runpytest_subprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_plugin_runs_what_ships() -> None:
    folder = RULESETS / "wechat"
    run = subprocess.run(
        ["pytest", "--qudao", str(folder), "-q", "-p", "no:cacheprovider"], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout
    assert Path(folder, "wechat.qd").exists() and " passed" in run.stdout
