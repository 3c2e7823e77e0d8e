"""Sphinx's settings for the course's site; `python -m dcgan_course site` gathers and builds it."""

from dcgan_course.chapters import repository_address
from dcgan_lib import __version__
from dcgan_lib.shared import import_tensorflow

import_tensorflow()  # for the reference, without the notes that it prints as it starts

project = "Faces that nobody has"
author = copyright = "the authors of this course"
version = release = __version__

extensions = [
    "myst_nb",
    "sphinx_design",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "dcgan_course.site",  # formulas as MathML
]
exclude_patterns = [  # parts of other pages, and what is only handed on
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "databases/facts",
    "downloads",
    "model_card_of_run.md",
]
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_dmath_allow_digits = False
myst_heading_anchors = 3
nb_execution_mode = "off"  # the chapters come as they were run
nb_output_stderr = "remove"
nb_ipywidgets_js = {}  # a widget needs a kernel; a still picture stands beside each
nb_merge_streams = True

autodoc_typehints_format = "short"
autodoc_inherit_docstrings = False  # Keras documents what is Keras's
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
napoleon_use_ivar = True
python_use_unqualified_type_names = True
python_display_short_literal_types = True
python_maximum_signature_line_length = 88

highlight_language = "none"  # a block names its language
smartquotes = False  # --option stays as it is typed
html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_math_renderer = "mathml"
html_context = {"default_mode": "auto"}  # light or dark, as the system is
html_copy_source = html_domain_indices = html_use_index = False
html_show_copyright = html_show_sphinx = False
html_theme_options = {
    "home_page_in_toc": False,
    "navbar_persistent": [],
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "use_download_button": False,  # each chapter names its own downloads
    "use_fullscreen_button": False,
    "use_source_button": False,
}
if repository_address():
    html_theme_options |= {
        "repository_url": repository_address(),
        "use_repository_button": True,
        "use_issues_button": True,
    }
