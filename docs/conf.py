"""How Sphinx makes a site of this repository's pages: ``make docs``."""

project = "Neural networks from scratch"
language = "en"
# The sources are the pages where they lie, so the source folder is the repository itself.
include_patterns = ["docs/**.md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md"]
exclude_patterns = [".*", "site"]  # what need not be searched for pages
root_doc = "docs/index"

extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc"]
myst_heading_anchors = 3
nitpicky = True
nitpick_ignore = [("py:class", "numpy.ndarray")]  # NumPy's own site describes it
autodoc_member_order = "bysource"
numpydoc_show_class_members = False

html_theme = "furo"
html_title = project
html_theme_options = {
    # The blues of the course's own figures.
    "light_css_variables": {"color-brand-primary": "#0072b2", "color-brand-content": "#0072b2"},
    "dark_css_variables": {"color-brand-primary": "#56b4e9", "color-brand-content": "#56b4e9"},
}
templates_path = ["theme"]
html_static_path = ["theme/static"]
html_css_files, html_js_files = ["site.css"], ["accessible.js"]
html_additional_pages = {"index": "index.html"}  # the site's address leads to docs/index
html_use_index = html_domain_indices = html_copy_source = html_show_copyright = False
