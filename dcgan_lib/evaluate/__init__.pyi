from .acceptance import haar_acceptance as haar_acceptance
from .command import evaluate_command as evaluate_command
from .comparison import FaceSets as FaceSets, measure_sets as measure_sets
from .distances import (
    COMPARED_SIDE as COMPARED_SIDE,
    grey_copies as grey_copies,
    memorisation as memorisation,
    nearest as nearest,
    nearest_distances as nearest_distances,
    variety as variety,
)
from .evaluation import (
    evaluate_checkpoints as evaluate_checkpoints,
    evaluate_run as evaluate_run,
    load_sets as load_sets,
)
from .inception import fid as fid, frechet_distance as frechet_distance, kid as kid
from .overlap import (
    hog_features as hog_features,
    precision_recall_density_coverage as precision_recall_density_coverage,
)
from .plots import draw_closest as draw_closest, draw_nearest as draw_nearest
from .readings import (
    report_conditions as report_conditions,
    report_table as report_table,
)
from .structural_similarity import diversity_ms_ssim as diversity_ms_ssim, ms_ssim as ms_ssim
from .wasserstein import (
    PATCH as PATCH,
    laplacian_pyramid as laplacian_pyramid,
    sliced_wasserstein as sliced_wasserstein,
)
