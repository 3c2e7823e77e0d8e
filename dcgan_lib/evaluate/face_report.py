"""The figures that a report holds (chapter 08)."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Report:
    """Figures of generated faces beside those of photographs; None where one can't be measured.

    Sliced Wasserstein distance, precision to coverage, FID and KID are means of two comparisons:
    each half of the generated faces with a half of the training faces. A field that ends in
    ``_real`` compares the one half of the training faces with the other, as many on each side:
    what a perfect generator would reach.

    Attributes:
        count: generated faces, from noise of ``seed``.
        seed: of the noise, and of whatever a measure draws.
        training_count: photographs that the run was trained on.
        held_out_count: photographs that it held out.
        compared: images on each side of a comparison of halves.
        preprocessing: what each measure saw.
        haar_acceptance: share of generated faces in which the Haar cascade finds a face.
        haar_acceptance_held_out: the same of held-out photographs.
        nearest_generated: median distance of a generated face to its nearest training face.
        nearest_held_out: median distance of a held-out photograph to its nearest training face.
        nearest_ratio: the former divided by the latter; near 0 for copies.
        memorisation: probability that a generated face lies nearer to the training faces than a
            held-out photograph: 0.5 as new photographs, 1 as copies.
        variety_generated: mean distance between two generated faces.
        variety_training: mean distance between two training faces.
        ms_ssim_generated: mean MS-SSIM of two generated faces; high where they look alike.
        ms_ssim_training: mean MS-SSIM of two training faces.
        spread_generated: mean distance between two generated faces in HOG features.
        spread_training: the same of training faces.
        sliced_wasserstein: mean over the levels that follow, ×10³.
        sliced_wasserstein_128: the level of 128 px (None for smaller faces).
        sliced_wasserstein_64: the level of 64 px.
        sliced_wasserstein_32: the level of 32 px.
        sliced_wasserstein_16: the coarsest level.
        precision: share of generated faces that lie among real ones, in HOG features.
        recall: share of real faces that lie among generated ones.
        density: how deep among the real ones generated faces lie.
        coverage: share of real faces that have a generated one beside them.
        fid: Fréchet distance of Keras's InceptionV3 features.
        kid: unbiased kernel distance of the same features.
        kid_error: standard error of ``kid``.
        reference_fid: FID by torch-fidelity, of all generated and all training faces.
    """

    count: int
    seed: int
    training_count: int
    held_out_count: int
    compared: int
    preprocessing: str
    haar_acceptance: float
    haar_acceptance_held_out: float | None
    nearest_generated: float
    nearest_held_out: float | None
    nearest_ratio: float | None
    memorisation: float | None
    variety_generated: float
    variety_training: float
    ms_ssim_generated: float
    ms_ssim_training: float
    spread_generated: float
    spread_training: float
    sliced_wasserstein: float
    sliced_wasserstein_real: float
    sliced_wasserstein_128: float | None = None
    sliced_wasserstein_128_real: float | None = None
    sliced_wasserstein_64: float | None = None
    sliced_wasserstein_64_real: float | None = None
    sliced_wasserstein_32: float | None = None
    sliced_wasserstein_32_real: float | None = None
    sliced_wasserstein_16: float | None = None
    sliced_wasserstein_16_real: float | None = None
    precision: float | None = None
    precision_real: float | None = None
    recall: float | None = None
    recall_real: float | None = None
    density: float | None = None
    density_real: float | None = None
    coverage: float | None = None
    coverage_real: float | None = None
    fid: float | None = None
    fid_real: float | None = None
    kid: float | None = None
    kid_error: float | None = None
    kid_real: float | None = None
    kid_real_error: float | None = None
    reference_fid: float | None = None

    def to_dict(self) -> dict[str, int | float | str | None]:
        """Plain values, as ``report.json`` holds them."""
        return asdict(self)
