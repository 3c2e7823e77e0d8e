"""The one palette, of figures, contact sheets and pages.

Colours mean the same everywhere: blue is real (photographs, and D, who takes their side), orange is
generated (faces, and G, who makes them), red is wrong, grey is whatever these are compared with.
"""

from __future__ import annotations

REAL_COLOUR, REAL_PALE = "#2b6cb0", "#bee3f8"  # real photographs, and the discriminator
GENERATED_COLOUR, GENERATED_PALE = "#dd6b20", "#fbd38d"  # generated faces, and the generator
GENERATED_INK = "#c05621"  # of text on white, which has to be darker than an area
WRONG_COLOUR, WRONG_PALE = "#c53030", "#fed7d7"
INK, DARK_GREY, GREY, LIGHT_GREY, PALE_GREY = "#1a202c", "#4a5568", "#718096", "#a0aec0", "#cbd5e0"
FAINT_GREY, WHITE = "#edf2f7", "#ffffff"
HEAT = "magma"  # the colour map of numbers: dark is little, light is much

PAGE_COLOURS = (  # for a page's style: `color: var(--ink)`
    f":root {{ --ink: {INK}; --grey: {DARK_GREY}; --line: {PALE_GREY}; --paper: {WHITE}; "
    f"--real: {REAL_COLOUR}; --generated: {GENERATED_COLOUR}; --generated-ink: {GENERATED_INK}; }}"
)
