"""Rules that choose channels, with reasons that can be traced to their sources.

>>> import qudao
>>> decision = qudao.Ruleset.load("wechat").decide({"entity_type": "company", "posts_per_month": 30})
>>> decision.first
'subscription'
"""

from ._ask import Interview, Question
from ._decision import Decision, Target, Verdict
from ._errors import Diagnostic, Place, QudaoError
from ._qudao import __version__
from ._ruleset import Field, Ruleset
from ._table import Answers, Errors, Part, Table
from ._tested import Difference, TestRun
from ._values import LEFT_OUT, NOT_SURE, Day, Mark, Profile, Value

__all__ = [
    "LEFT_OUT",
    "NOT_SURE",
    "Answers",
    "Day",
    "Decision",
    "Diagnostic",
    "Difference",
    "Errors",
    "Field",
    "Interview",
    "Mark",
    "Part",
    "Place",
    "Profile",
    "QudaoError",
    "Question",
    "Ruleset",
    "Table",
    "Target",
    "TestRun",
    "Value",
    "Verdict",
    "__version__",
]
