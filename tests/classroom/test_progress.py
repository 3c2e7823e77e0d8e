"""Nobody waits in front of a silent terminal."""

import time

from dcgan_classroom import progress


def test_the_bar_names_the_chapter_and_its_clock_goes_on(capsys, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS", 0.05)
    for name in progress.prepared_one_by_one(["04_generator"]):
        before = capsys.readouterr().err
        time.sleep(0.3)
        assert "preparing 04_generator" in before + (later := capsys.readouterr().err)
        assert later.count("04_generator") > 2
        assert name == "04_generator"


def test_nothing_to_prepare_shows_nothing(capsys):
    assert list(progress.prepared_one_by_one([])) == []
    assert capsys.readouterr().err == ""
