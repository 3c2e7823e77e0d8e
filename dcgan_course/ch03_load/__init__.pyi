from .checks import (
    check_batches as check_batches,
    check_epoch_plan as check_epoch_plan,
    check_read_face as check_read_face,
    check_scale as check_scale,
    check_to_bytes as check_to_bytes,
)
from .colours import colour_card as colour_card
from .plots import (
    draw_batch as draw_batch,
    draw_batch_means as draw_batch_means,
    draw_prefetch as draw_prefetch,
    draw_ranges as draw_ranges,
    draw_visits as draw_visits,
)
from .serving import face_numbers as face_numbers, numbered_faces as numbered_faces
from .widgets import (
    explore_batch_browser as explore_batch_browser,
    explore_timetable as explore_timetable,
)
