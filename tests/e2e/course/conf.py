"""A course as a teacher would write it, with ten programs; tests/e2e/course_page.py builds it."""

project = "Gradients by hand"
extensions = ["autograd_playground.sphinx", "myst_parser"]
html_theme = "alabaster"
exclude_patterns = ["README.md"]
