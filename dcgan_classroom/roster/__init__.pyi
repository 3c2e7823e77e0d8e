from .matching import (
    Handed as Handed,
    match_people as match_people,
    plain as plain,
)
from .people import (
    CANVAS as CANVAS,
    MOODLE_WORKSHEET as MOODLE_WORKSHEET,
    Person as Person,
    Roster as Roster,
    read_roster as read_roster,
)
