from .checks import (
    check_bend as check_bend,
    check_decibels as check_decibels,
    check_modulate as check_modulate,
    check_seen_as as check_seen_as,
)
from .measuring import (
    in_decibels as in_decibels,
    measure_all as measure_all,
    sticking_table as sticking_table,
)
from .plots import (
    draw_bent_wave as draw_bent_wave,
    draw_detail as draw_detail,
    draw_measured as draw_measured,
    draw_moved as draw_moved,
    draw_truncation as draw_truncation,
)
from .waves import harmonics as harmonics
from .widgets import explore_moving as explore_moving, film as film
