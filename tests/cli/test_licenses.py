import json

from relens.weights import WEIGHTS


def test_the_table_marks_what_restricts_use(relens) -> None:
    outcome = relens("licenses")
    assert outcome.status == 0
    lines = outcome.out.splitlines()
    depth_pro = next(line for line in lines if " depth-pro " in line)
    assert depth_pro.startswith("! ") and depth_pro.endswith("(research only)")
    numpy = next(line for line in lines if " numpy " in line)
    assert numpy.startswith("  numpy") and "BSD" in numpy


def test_json_is_one_list_of_everything(relens) -> None:
    rows = json.loads(relens("licenses", "--json").out)
    groups = {row["group"] for row in rows}
    assert {"installed packages", "networks in relens", "networks that can be fetched", "sample photos"} <= groups
    assert set(WEIGHTS) <= {row["name"] for row in rows}
    assert all(row["licence"] for row in rows)
