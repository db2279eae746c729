"""Rules that choose channels, with reasons that can be traced to their sources.

>>> import qudao
>>> decision = qudao.Ruleset.load("wechat").decide({"entity_type": "company", "posts_per_month": 30})
>>> decision.first
'subscription'
"""

from ._decision import Decision, Target, Verdict
from ._errors import Diagnostic, Place, QudaoError
from ._qudao import __version__
from ._ruleset import Field, Ruleset
from ._table import Answers, Errors, Part, Table
from ._values import LEFT_OUT, NOT_SURE, Day, Mark, Profile, Value

__all__ = [
    "LEFT_OUT",
    "NOT_SURE",
    "Answers",
    "Day",
    "Decision",
    "Diagnostic",
    "Errors",
    "Field",
    "Mark",
    "Part",
    "Place",
    "Profile",
    "QudaoError",
    "Ruleset",
    "Table",
    "Target",
    "Value",
    "Verdict",
    "__version__",
]
