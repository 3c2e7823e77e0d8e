from .checks import (
    check_fold as check_fold,
    check_seen_before as check_seen_before,
    check_to_codes as check_to_codes,
    check_up as check_up,
)
from .plots import (
    draw_beside as draw_beside,
    draw_bits as draw_bits,
    draw_closest_visits as draw_closest_visits,
    draw_seen_before as draw_seen_before,
    draw_spectra as draw_spectra,
    show_script as show_script,
)
from .rounding import cost_of_bits as cost_of_bits, rounded as rounded
from .running import face_by as face_by, weights_by_layer as weights_by_layer
from .spectra import mean_spectrum as mean_spectrum
from .visits import (
    closest_visits as closest_visits,
    seen_before_table as seen_before_table,
    visit_faces as visit_faces,
)
from .widgets import explore_bits as explore_bits
