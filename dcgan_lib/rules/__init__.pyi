from .command import rules_command as rules_command
from .plots import (
    VERDICT_COLOURS as VERDICT_COLOURS,
    draw_rule_faces as draw_rule_faces,
    draw_verdicts as draw_verdicts,
    plot_rules as plot_rules,
)
from .rulebook import (
    AS_WRITTEN as AS_WRITTEN,
    MAIN as MAIN,
    RULES as RULES,
    label as label,
    turned as turned,
)
from .study import (
    rule_faces as rule_faces,
    run_study as run_study,
    stored_study as stored_study,
    study_settings as study_settings,
)
from .verdicts import (
    CONFIDENCE as CONFIDENCE,
    MEASURES as MEASURES,
    compare_rules as compare_rules,
    for_many as for_many,
    interval as interval,
)
