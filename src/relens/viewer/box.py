"""Box: a window of a level's pages, on the photo's pixel grid."""

from dataclasses import dataclass

from relens.camera import Intrinsics
from relens.canonical.photo_view import Window
from relens.scene import Scene


@dataclass(frozen=True)
class Box:
    """Columns left to right and rows top to bottom of the photo, the ends left out; negative in the border."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width_px(self) -> int:
        """Width, 0 where it is empty."""
        return max(0, self.right - self.left)

    @property
    def height_px(self) -> int:
        """Height, 0 where it is empty."""
        return max(0, self.bottom - self.top)

    def halved(self) -> "Box":
        """The box that covers it at half the size."""
        return Box(self.left // 2, self.top // 2, -(-self.right // 2), -(-self.bottom // 2))

    def doubled(self) -> "Box":
        """The same at twice the size."""
        return Box(2 * self.left, 2 * self.top, 2 * self.right, 2 * self.bottom)

    def grown(self, room_px: int) -> "Box":
        """With room on all sides."""
        return Box(self.left - room_px, self.top - room_px, self.right + room_px, self.bottom + room_px)

    def within(self, other: "Box") -> "Box":
        """What of it lies in the other."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def window(self, around: "Box") -> Window:
        """Its rows and columns in the array of a box around it."""
        rows = slice(self.top - around.top, self.bottom - around.top)
        return rows, slice(self.left - around.left, self.right - around.left)


def page_box(intrinsics: Intrinsics, border_px: int) -> Box:
    """All of a page: the photo and its border."""
    return Box(0, 0, intrinsics.width_px, intrinsics.height_px).grown(border_px)


def box_of(window: Window, scene: Scene) -> Box:
    """The box of rows and columns of a scene's pages, cut off at the pages' ends."""
    rows, columns = window
    page = page_box(scene.camera.intrinsics, scene.border_px)
    box = Box(columns.start + page.left, rows.start + page.top, columns.stop + page.left, rows.stop + page.top)
    return box.within(page)
