"""The licence in a package's metadata, in SPDX's words where they are clear.

Three fields may hold it: License-Expression (PEP 639), License (anything from a word to the whole text) and the
classifiers.
"""

import re
from email.message import Message

# A longer one is the text of the licence itself, not its name.
_LONGEST_NAME = 60

# How packages spell what SPDX calls otherwise, without case, spaces and punctuation.
_SPELLINGS = {
    "0bsd": "0BSD",
    "2clausebsd": "BSD-2-Clause",
    "3clausebsd": "BSD-3-Clause",
    "apache": "Apache-2.0",
    "apache2": "Apache-2.0",
    "apache20": "Apache-2.0",
    "apachesoftware": "Apache-2.0",
    "bsd2clause": "BSD-2-Clause",
    "bsd3clause": "BSD-3-Clause",
    "isc": "ISC",
    "isciscl": "ISC",
    "mit": "MIT",
    "mozillapublic20mpl20": "MPL-2.0",
    "psfl": "PSF-2.0",
    "pythonsoftwarefoundation": "PSF-2.0",
}
# Names that say nothing, or not enough to be sure.
_VAGUE = {"", "bsd", "dual", "other", "unknown"}


def licence_in(metadata: Message) -> str:
    """The licence that a package's metadata states; empty where it states none."""
    if expression := metadata.get("License-Expression"):
        return str(expression)
    stated = str(metadata.get("License") or "").strip()
    if (first_line := stated.partition("\n")[0]) != stated and _core(first_line) in _SPELLINGS:
        stated = first_line
    classified = [
        str(line).rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier") or ()
        if str(line).startswith("License :: ") and not str(line).endswith(" :: OSI Approved")
    ]
    names = [name for name in (stated, " AND ".join(map(_spdx, classified))) if _is_name(name)]
    clear = [name for name in names if _core(name) not in _VAGUE]
    return _spdx((clear or names or [""])[0])


def _is_name(text: str) -> bool:
    # scipy and scikit-image put the whole text there.
    return 0 < len(text) <= _LONGEST_NAME and "\n" not in text and "copyright" not in text.lower() and text != "UNKNOWN"


def _spdx(name: str) -> str:
    core = _core(name)
    return "BSD" if core == "bsd" else _SPELLINGS.get(core, name)


def _core(name: str) -> str:
    words = re.sub(r"\b(the|licen[cs]e|version)\b", "", name.lower())
    return re.sub(r"[^a-z0-9]", "", words)
