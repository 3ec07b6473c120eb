"""Film: the frames of a camera path, and what becomes of them: films, animations, numbered pictures."""

from relens.film.engine_film import film_of_engine
from relens.film.film import film, frames
from relens.film.filming import Film

__all__ = ["Film", "film", "film_of_engine", "frames"]
