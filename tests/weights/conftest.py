from hub_server import hub, hub_home  # noqa: F401, fixtures
