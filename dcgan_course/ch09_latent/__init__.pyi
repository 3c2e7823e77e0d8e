from .checks import (
    check_add_faces as check_add_faces,
    check_direction as check_direction,
    check_search_step as check_search_step,
    check_slerp as check_slerp,
    check_typical_length as check_typical_length,
)
from .judging import judge_directions as judge_directions, shares_below as shares_below
from .plots import (
    draw_chosen as draw_chosen,
    draw_lengths as draw_lengths,
    draw_numbered as draw_numbered,
    draw_search as draw_search,
    draw_shares as draw_shares,
    draw_synthetic as draw_synthetic,
    draw_ways as draw_ways,
)
from .searching import search as search
from .training_data import (
    Pictures as Pictures,
    compare_arms as compare_arms,
    near_misses as near_misses,
    summarise as summarise,
)
from .widgets import (
    explore_directions as explore_directions,
    explore_gallery as explore_gallery,
    film as film,
)
