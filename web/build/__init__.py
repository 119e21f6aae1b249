"""Build steps, from a bare clone to `build/site`; README.md here explains them."""
