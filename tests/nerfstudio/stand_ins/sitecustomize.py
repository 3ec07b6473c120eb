"""Python imports this when it starts with this folder on PYTHONPATH, as nerfstudio's commands do in the tests."""

import nerfstudio_on_cpu  # noqa: F401
