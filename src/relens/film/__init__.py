"""Film: the frames of a camera path, and what becomes of them: films, animations, numbered pictures."""

from relens.film.film import Film, film, frames

__all__ = ["Film", "film", "frames"]
