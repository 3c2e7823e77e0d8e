from . import prepare as prepare
from .chapters import (
    ANSWER as ANSWER,
    KERNEL as KERNEL,
    NOTEBOOKS as NOTEBOOKS,
    find_chapters as find_chapters,
    grading as grading,
    has_tag as has_tag,
    read_notebook as read_notebook,
    write_notebook as write_notebook,
)
from .frame import EXERCISE as EXERCISE, HIDDEN as HIDDEN, HIDDEN_END as HIDDEN_END
from .setup import require_version as require_version
