from .bits import flip_bit as flip_bit
from .checks import (
    MEMBER_NAMES as MEMBER_NAMES,
    check_changed_digits as check_changed_digits,
    check_is_safe as check_is_safe,
    check_kind_of as check_kind_of,
    check_photographs_per_person as check_photographs_per_person,
    landings as landings,
    samples as samples,
)
from .file_plots import (
    draw_changed_digits as draw_changed_digits,
    draw_first_bytes as draw_first_bytes,
    draw_flipped_bit as draw_flipped_bit,
)
from .people import read_people as read_people
from .plots import (
    draw_brightness as draw_brightness,
    draw_card as draw_card,
    draw_faces_of_all as draw_faces_of_all,
    draw_gender_shades as draw_gender_shades,
    draw_sheet as draw_sheet,
    draw_spread as draw_spread,
)
from .widgets import (
    explore_databases as explore_databases,
    explore_flipped_bit as explore_flipped_bit,
    explore_people as explore_people,
)
