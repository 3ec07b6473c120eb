"""What in a licence limits use or passing on, in a few words."""

import re

# The first that is found is said. What asks only for notices to be kept, and MPL's per-file rule, are no limits here.
_SIGNS = (
    (r"\bresearch\b", "research only"),
    (r"non-?commercial|-NC\b", "no commercial use"),
    (r"own terms", "training data on its owner's terms"),
    (r"\bAGPL", "passing it on, or serving it: AGPL"),
    (r"\bGPL", "passing its wheels on: GPL"),
    (r"\bLGPL", "passing its wheels on: LGPL"),
    (r"\bEUPL", "passing it on: EUPL"),
    (r"^unknown$", "unknown"),
)


def restriction(licence: str) -> str:
    """What limits use or passing on under a licence; empty where nothing is known to.

    A pointer to what should be read, not advice on law.
    """
    return next((words for sign, words in _SIGNS if re.search(sign, licence, re.IGNORECASE)), "")
