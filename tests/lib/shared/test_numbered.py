"""Files whose names hold a number."""

from dcgan_lib.shared.numbered import by_number


def test_names_come_in_the_order_of_their_numbers(tmp_path):
    for number in (10_000, 9999, 7, 0):
        (tmp_path / f"epoch_{number:04d}.png").touch()
    assert list(by_number(tmp_path, "epoch_*.png")) == [0, 7, 9999, 10_000]
    assert by_number(tmp_path, "epoch_*.png")[7] == tmp_path / "epoch_0007.png"


def test_copies_and_other_names_are_left_out(tmp_path):
    for name in ("epoch_0001.png", "epoch_0001 (1).png", "epoch_2.jpg", "epoch_x.png", ".part-1"):
        (tmp_path / name).touch()
    assert list(by_number(tmp_path, "epoch_*.png")) == [1]


def test_an_absent_folder_holds_nothing(tmp_path):
    assert by_number(tmp_path / "none", "epoch_*.png") == {}
