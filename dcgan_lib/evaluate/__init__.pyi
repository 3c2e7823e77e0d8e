from .acceptance import haar_acceptance as haar_acceptance
from .arrays import grey_copies as grey_copies
from .command import evaluate_command as evaluate_command
from .comparison import measure as measure
from .distances import (
    COMPARED_SIDE as COMPARED_SIDE,
    memorisation as memorisation,
    nearest as nearest,
    nearest_distances as nearest_distances,
    variety as variety,
)
from .evaluation import (
    evaluate as evaluate,
    evaluate_checkpoints as evaluate_checkpoints,
    load_sets as load_sets,
)
from .inception import fid as fid, frechet_distance as frechet_distance, kid as kid
from .overlap import (
    hog_features as hog_features,
    precision_recall_density_coverage as precision_recall_density_coverage,
)
from .plots import draw_closest as draw_closest, draw_nearest as draw_nearest
from .report import notes as notes, rows as rows
from .structural_similarity import diversity_ms_ssim as diversity_ms_ssim, ms_ssim as ms_ssim
from .wasserstein import (
    PATCH as PATCH,
    laplacian_pyramid as laplacian_pyramid,
    sliced_wasserstein as sliced_wasserstein,
)
