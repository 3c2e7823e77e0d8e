"""The rules as switches: a real small study, how it goes on, and what its intervals say."""

import json
import os
import signal

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy import stats

from dcgan_lib.rules.rulebook import AS_WRITTEN, MAIN, RULES, turned
from dcgan_lib.rules.study import read_study, run_study, stored_study, study_settings
from dcgan_lib.rules.table import to_markdown
from dcgan_lib.rules.verdicts import MEASURES, compare_rules, interval
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.shared.pictures import MARK

TINY = study_settings("tiny")
COUNT = 16
RUNS = [(AS_WRITTEN, 0), (AS_WRITTEN, 1), ("no-batch-norm", 0), ("leaky-in-g", 0)]
RUNS += [("leaky-in-g", 1)]


@pytest.fixture(scope="module")
def study(faces, tmp_path_factory):
    """A study stopped by Ctrl-C after its first run, gone on with, then with a further rule."""
    out = tmp_path_factory.mktemp("studies") / "study"

    def press(line):
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run_study(faces, out, ["leaky-in-g"], 2, TINY, count=COUNT, report=press)
    assert [path.parent.name for path in out.glob("*/result.json")] == ["as-written-seed0"]
    first = (out / "as-written-seed0" / "result.json").stat().st_mtime_ns
    lines = []
    again = {"count": COUNT, "resume": True, "report": lines.append}
    run_study(faces, out, ["leaky-in-g"], 2, TINY, **again)
    assert [line.partition(": ")[0] for line in lines] == [f"  {n} of 4" for n in (2, 3, 4)]
    table = run_study(faces, out, ["no-batch-norm"], 1, TINY, **again)
    assert lines[3].startswith("  2 of 2: no-batch-norm, seed 0: ") and len(lines) == 4
    assert (out / "as-written-seed0" / "result.json").stat().st_mtime_ns == first
    return out, table


def made(changes, rule="pooling", measure="sliced_wasserstein", written=(10.0, 20.0, 30.0)):
    rows = [{"rule": AS_WRITTEN, "seed": s, measure: v} for s, v in enumerate(written)]
    rows += [{"rule": rule, "seed": s, measure: written[s] + c} for s, c in enumerate(changes)]
    return pd.DataFrame(rows).assign(seconds=1.0)


def test_a_study_measures_every_rule_and_seed(study):
    _, table = study
    found = list(zip(table["rule"], table["seed"], strict=True))
    assert found == RUNS
    assert (table["ended"] == "finished").all() and (table["count"] == COUNT).all()
    assert np.isfinite(table[list(MEASURES)].to_numpy(float)).all()
    assert table["sliced_wasserstein"].nunique() == 5


def test_a_study_leaves_its_table_and_no_checkpoints(study):
    out, table = study
    stored = pd.read_csv(out / "results.csv")
    assert stored["sliced_wasserstein"].tolist() == pytest.approx(
        table["sliced_wasserstein"].tolist(), rel=1e-5
    )
    assert not list(out.glob("*/checkpoints")) and len(list(out.glob("*/generator.keras"))) == 5


def test_the_same_faces_are_held_out_with_each_rule_of_a_seed(study):
    out, _ = study
    splits = {run.name: (run / "faces.json").read_text() for run in out.glob("*-seed*")}
    assert splits["as-written-seed1"] == splits["leaky-in-g-seed1"]
    assert splits["as-written-seed0"] != splits["as-written-seed1"]


def test_an_existing_study_and_other_settings_are_refused(study, faces):
    out, _ = study
    with pytest.raises(CourseError, match=r"There is a study in this folder.*--resume"):
        run_study(faces, out, ["leaky-in-g"], 2, TINY, count=COUNT)
    longer = study_settings("tiny", epochs=2)
    with pytest.raises(CourseError, match=r"Received: epochs=2, count=300 for"):
        run_study(faces, out, ["leaky-in-g"], 2, longer, resume=True)


def test_unknown_rules_and_no_seeds_are_refused(faces, tmp_path):
    with pytest.raises(
        CourseError, match=r"rules among pooling, .*Received: seeds=1, rules=poling"
    ):
        run_study(faces, tmp_path / "a", ["poling"], 1, TINY)
    with pytest.raises(CourseError, match=r"at least one seed.*seeds=0"):
        run_study(faces, tmp_path / "a", MAIN, 0, TINY)
    assert not (tmp_path / "a").exists()
    with pytest.raises(CourseError, match=r"There is no study here.*--out"):
        read_study(tmp_path)


def test_a_run_that_breaks_down_is_recorded_as_such(faces, tmp_path):
    hot = study_settings("tiny", learning_rate=1e30)
    lines = []
    table = run_study(faces, tmp_path, [], 1, hot, report=lines.append)
    assert table["ended"][0].startswith("Training broke down") and "broke down" in lines[0]
    assert table[list(MEASURES)].isna().all(axis=None)
    assert run_study(faces, tmp_path, [], 1, hot, resume=True).equals(table)


def test_each_rule_changes_only_its_own_settings():
    base = turned(TINY, AS_WRITTEN, 3).to_dict()
    assert base["seed"] == 3
    for name, rule in RULES.items():
        values = turned(TINY, name, 3).to_dict()
        changed = {key: value for key, value in values.items() if value != base[key]}
        assert changed == rule.changes, name


def test_a_study_on_a_laptop_has_the_papers_rate_and_880_updates():
    quick = study_settings("quick")
    assert (quick.learning_rate, quick.beta_1, quick.moving_average) == (0.0003, 0.5, 0)
    assert 360 // quick.batch_size * quick.epochs == 880


def test_the_interval_is_that_of_the_paired_t_test():
    changes = [3.0, -1.0, 7.0]
    row = compare_rules(made(changes), "sliced_wasserstein").iloc[0]
    expected = stats.ttest_1samp(changes, 0).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))
    assert (row["seeds"], row["change"], row["mean"]) == (3, 3.0, 23.0)
    by_hand = 3.0 + 4.302653 * np.sqrt(((0 + 16 + 16) / 2) / 3)
    assert row["high"] == pytest.approx(by_hand, rel=1e-5)
    wide = compare_rules(made(changes), "sliced_wasserstein", 0.99).iloc[0]
    assert wide["high"] - wide["low"] > 2 * (row["high"] - row["low"])
    assert np.isnan(interval(pd.Series([1.0]))).all()


@pytest.mark.parametrize(
    ("changes", "measure", "verdict"),
    [
        ((5, 6, 7), "sliced_wasserstein", "holds"),
        ((-5, -6, -7), "sliced_wasserstein", "does not hold"),
        ((-5, 6, 7), "sliced_wasserstein", "undecided"),
        ((-0.3, -0.31, -0.32), "coverage", "holds"),
        ((0.3, 0.31, 0.32), "coverage", "does not hold"),
        ((0.3,), "coverage", "undecided"),
        ((np.nan, np.nan), "coverage", "holds"),
        ((np.nan, -0.3, -0.31), "coverage", "holds"),
        ((np.nan, -0.3, 0.2), "coverage", "undecided"),
        ((np.nan, 0.3, 0.3001), "coverage", "undecided"),
    ],
)
def test_verdicts_on_both_sides_and_for_runs_that_broke_down(changes, measure, verdict):
    row = compare_rules(made(changes, measure=measure), measure).iloc[0]
    assert row["broke"] == np.isnan(changes).sum()
    assert row["verdict"] == verdict


def test_a_rule_is_not_judged_where_the_run_as_written_broke_down_too():
    row = compare_rules(made((np.nan,), written=(np.nan,)), "sliced_wasserstein").iloc[0]
    assert (row["seeds"], row["broke"], row["verdict"]) == (0, 0, "undecided")


def test_the_table_holds_a_row_for_each_rule_with_its_verdict(study):
    _, table = study
    lines = to_markdown(table).splitlines()
    assert len(lines) == 3 + 2 and len({line.count("|") for line in lines}) == 1
    assert "| b: BatchNormalization in both | no BatchNormalization |" in lines[3]
    assert lines[3].endswith(f"| {compare_rules(table, 'sliced_wasserstein')['verdict'][0]} |")
    broken = table.copy()
    broken.loc[broken["rule"] == "leaky-in-g", list(MEASURES)] = np.nan
    assert to_markdown(broken).splitlines()[-1].count("broke down") == len(MEASURES)


def test_the_stored_study_holds_the_five_guidelines_over_some_seeds():
    table = stored_study()
    runs = table.groupby("rule")["seed"].nunique()
    assert set(MAIN) < set(runs.index) <= {AS_WRITTEN, *RULES} and runs.min() >= 2
    assert set(compare_rules(table, "sliced_wasserstein")["rule"]) == set(runs.index) - {AS_WRITTEN}


def test_the_command_writes_table_and_figures_and_adds_to_a_study(study, faces, command):
    out, _ = study
    plain = json.loads((out / "study.json").read_text())
    (out / "study.json").write_text(json.dumps(plain | {"count": 300}))  # what the command asks for
    line = ["rules", faces, "--out", out, "--rules", "leaky-in-g", "--seeds", 2]
    done = command(*line, "--profile", "tiny", "--resume")
    (out / "study.json").write_text(json.dumps(plain))
    assert done.returncode == 0, done.stderr
    assert {"results.csv", "rules.md", "rules.png", "faces.png"} <= {p.name for p in out.iterdir()}
    assert (out / "rules.md").read_text("utf-8") in done.stdout
    with Image.open(out / "faces.png") as faces, Image.open(out / "rules.png") as curves:
        assert faces.text["Description"] == MARK and "Description" not in curves.text
