"""Ready-made moves, one a file: each makes a camera path of a scene."""
