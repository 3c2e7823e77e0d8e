from .find import find_submissions as find_submissions
from .found import Found as Found, Problem as Problem, Submission as Submission
from .names import chapter_of as chapter_of
from .places import is_solution as is_solution
from .rebuild import (
    is_extra as is_extra,
    rebuild_notebook as rebuild_notebook,
    solution_cells as solution_cells,
)
from .untrusted import load_untrusted as load_untrusted, why_too_large as why_too_large
