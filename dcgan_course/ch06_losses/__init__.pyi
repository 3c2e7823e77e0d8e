from .checks import (
    check_best_discriminator as check_best_discriminator,
    check_cross_entropy as check_cross_entropy,
    check_losses as check_losses,
    check_predictions as check_predictions,
)
from .formulas import (
    both_losses as both_losses,
    loss_gradients as loss_gradients,
    naive_cross_entropy as naive_cross_entropy,
)
from .plots import (
    draw_best_discriminator as draw_best_discriminator,
    draw_cross_entropy as draw_cross_entropy,
    draw_gradients as draw_gradients,
    draw_logits as draw_logits,
    draw_smoothing as draw_smoothing,
    draw_toy as draw_toy,
    draw_toy_moments as draw_toy_moments,
    draw_toy_runs as draw_toy_runs,
)
from .toy import divergences as divergences, toy_run as toy_run
from .widgets import (
    explore_best_discriminator as explore_best_discriminator,
    explore_toy_gan as explore_toy_gan,
)
