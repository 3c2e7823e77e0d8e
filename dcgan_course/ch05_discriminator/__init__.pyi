from .blocks import discriminator as discriminator, down_block as down_block
from .checks import (
    check_discriminator as check_discriminator,
    check_down_block as check_down_block,
    check_output_side as check_output_side,
    check_receptive_field as check_receptive_field,
)
from .judging import answers as answers, blocked_shares as blocked_shares
from .plots import (
    draw_answers as draw_answers,
    draw_fields as draw_fields,
    draw_glints as draw_glints,
    draw_leak as draw_leak,
    draw_windows as draw_windows,
)
from .pooling import glints as glints, max_pool as max_pool, stride_over as stride_over
from .widgets import (
    explore_leak as explore_leak,
    explore_receptive_field as explore_receptive_field,
)
