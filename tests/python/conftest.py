"""What the tests share."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import qudao

ROOT = Path(__file__).parents[2]
RULESETS = ROOT / "rulesets"

#: A field of each type.
SHOP = """
ruleset shop "What fits"
enum Colour { red, blue "Deep blue" }
profile {
  weight: number in 0..30
  colour: Colour
  colours: set of Colour
  fragile: bool default false
  since: date
}
channel letter "Letter"
channel parcel "Parcel"
rule light { when weight <= 1 then score letter +1 }
"""


def random_profiles(ruleset: qudao.Ruleset, random: Random, count: int) -> list[dict[str, Any]]:
    """Profiles that a ruleset takes: each field is left out of all, or is a value or not sure in each."""

    def value(field: qudao.Field) -> Any:
        if random.random() < 0.15:
            return None
        values = list(field.values or {})
        match field.type:
            case "bool":
                return random.random() < 0.5
            case "int":
                return random.choice([*range(1, 15), 50])
            case "number":
                return random.choice([1, 2, Decimal("2.5"), 90])
            case "enum":
                return random.choice(values)
            case "set":
                return random.sample(values, random.randrange(len(values) + 1))
            case "date":
                return "2024-02-29"
            case "text":
                return random.choice(["", "text"])

    given = [field for field in ruleset.fields.values() if field.required or random.random() < 0.8]
    return [{field.name: value(field) for field in given} for _ in range(count)]
