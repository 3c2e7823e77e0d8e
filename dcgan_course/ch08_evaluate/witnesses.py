"""Which measures called a harm worse in eleven studies of ORL at full strength, and which didn't.

Each study (``harms.study``) dealt the photographs in another way, with 80 or with 12 in a part. A
measure stands here if at least one study found it so: with few photographs answers vary, and
nobody's prediction may fail by luck.
"""

WORSE = {
    "blur": "haar wasserstein precision coverage ms_ssim variety memorisation",
    "noise": "wasserstein precision recall coverage",
    "dropped people": "wasserstein recall coverage ms_ssim variety memorisation",
    "copies": "memorisation ms_ssim variety",
}
NOT_WORSE = {
    "blur": "haar recall",
    "noise": "haar precision coverage ms_ssim variety memorisation",
    "dropped people": "haar precision memorisation",
    "copies": "haar wasserstein precision recall coverage ms_ssim variety",
}
