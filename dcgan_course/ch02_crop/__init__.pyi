from .checks import (
    check_box_sum as check_box_sum,
    check_count_boxes as check_count_boxes,
    check_crop_square as check_crop_square,
    check_largest_face as check_largest_face,
)
from .haar import (
    all_windows as all_windows,
    integral_image as integral_image,
    read_stages as read_stages,
    stage_margins as stage_margins,
    stages_passed as stages_passed,
    window_scale as window_scale,
)
from .looks import count_by_group as count_by_group, look as look, overlap as overlap
from .photographs import group_photo as group_photo, in_colour as in_colour
from .plots import (
    draw_boxes as draw_boxes,
    draw_by_person as draw_by_person,
    draw_corners as draw_corners,
    draw_features as draw_features,
    draw_margins as draw_margins,
    draw_stages as draw_stages,
    draw_survivors as draw_survivors,
    draw_tilts as draw_tilts,
)
from .widgets import explore_thresholds as explore_thresholds
