from .checks import (
    check_different_faces as check_different_faces,
    check_longer as check_longer,
    check_make_faces as check_make_faces,
    check_to_pixels as check_to_pixels,
)
from .plots import (
    draw_filmstrip as draw_filmstrip,
    draw_generated as draw_generated,
    draw_idea as draw_idea,
    draw_noise_rows as draw_noise_rows,
    draw_values as draw_values,
    environment_table as environment_table,
)
from .widgets import explore_epochs as explore_epochs
