from .arguments import Options as Options, deadline_moment as deadline_moment
from .command import doctor_command as doctor_command, grade_command as grade_command
from .grade import grade_class as grade_class
from .results import (
    Mark as Mark,
    Result as Result,
    missing_result as missing_result,
    read_result as read_result,
    read_results as read_results,
)
