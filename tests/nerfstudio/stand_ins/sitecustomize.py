"""Python imports this at its start where this folder is on PYTHONPATH: nerfstudio's commands get what the tests have."""

import nerfstudio_on_cpu  # noqa: F401
