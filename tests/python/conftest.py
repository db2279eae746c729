"""What the tests share."""

from pathlib import Path

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
