"""The playground in course pages: `extensions = ["autograd_playground.sphinx"]`.

In the wheel this package stands beside `engine`, `server` and the built site, all of which it uses.
"""
