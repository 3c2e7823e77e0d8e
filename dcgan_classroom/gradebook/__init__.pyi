from .attempts import counted_by as counted_by
from .book import (
    EXCUSED as EXCUSED,
    ClassBook as ClassBook,
    GradedCell as GradedCell,
    GradedChapter as GradedChapter,
    Key as Key,
    read_class as read_class,
)
from .enrolment import enrolled as enrolled
from .folders import file_names as file_names
from .policy import Policy as Policy, policy_text as policy_text, read_policy as read_policy
from .tables import (
    mark_table as mark_table,
    student_table as student_table,
    write_tables as write_tables,
)
from .weights import require_exercises as require_exercises, weighted as weighted
