from .command import rules_command as rules_command
from .plots import (
    COLOURS as COLOURS,
    draw_rule_faces as draw_rule_faces,
    draw_verdicts as draw_verdicts,
    label as label,
    plot_rules as plot_rules,
    rule_faces as rule_faces,
)
from .rulebook import AS_WRITTEN as AS_WRITTEN, MAIN as MAIN, RULES as RULES, turned as turned
from .study import (
    run_study as run_study,
    stored_study as stored_study,
    study_settings as study_settings,
)
from .verdicts import (
    CONFIDENCE as CONFIDENCE,
    MEASURES as MEASURES,
    compare as compare,
    interval as interval,
)
