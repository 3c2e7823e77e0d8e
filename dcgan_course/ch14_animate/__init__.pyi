from .checks import (
    check_fade as check_fade,
    check_follow as check_follow,
    check_main_ways as check_main_ways,
    check_warp_back as check_warp_back,
)
from .judging import Parts as Parts, identity_table as identity_table, parts_of as parts_of
from .people import motion_run as motion_run, people_faces as people_faces
from .plots import (
    draw_failure as draw_failure,
    draw_field as draw_field,
    draw_motions as draw_motions,
    draw_pairs as draw_pairs,
    draw_parts as draw_parts,
    draw_reenactment as draw_reenactment,
    draw_seams as draw_seams,
)
from .stitches import stitch as stitch
from .widgets import explore_motions as explore_motions, film as film
