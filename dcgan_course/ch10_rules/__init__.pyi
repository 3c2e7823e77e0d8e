from .checks import (
    check_interval as check_interval,
    check_pooled as check_pooled,
    check_ranking as check_ranking,
    check_verdict as check_verdict,
)
from .costs import rule_costs as rule_costs
from .plots import (
    draw_pairs as draw_pairs,
    draw_placebos as draw_placebos,
    draw_prediction as draw_prediction,
    draw_ranks as draw_ranks,
)
from .widgets import explore_placebos as explore_placebos, explore_verdicts as explore_verdicts
