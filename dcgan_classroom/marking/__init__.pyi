from .anonymous import anonymous_names as anonymous_names
from .decisions import Decision as Decision, decided as decided
from .form import FILE as FILE, csv_fields as csv_fields, write_form as write_form
from .rows import MarkingRow as MarkingRow, marking_rows as marking_rows
from .store import update_decisions as update_decisions
