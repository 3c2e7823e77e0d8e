from .blocks import generator as generator, up_block as up_block
from .checks import (
    check_even_kernels as check_even_kernels,
    check_generator as check_generator,
    check_output_side as check_output_side,
    check_up_block as check_up_block,
)
from .plots import (
    draw_activations as draw_activations,
    draw_growth as draw_growth,
    draw_overlap as draw_overlap,
    draw_stamps as draw_stamps,
)
from .widgets import (
    explore_checkerboard as explore_checkerboard,
    explore_noise_sliders as explore_noise_sliders,
)
