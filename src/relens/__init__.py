"""relens: choose the lens after the shot."""
