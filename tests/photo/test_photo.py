import numpy as np

from relens.camera import Intrinsics
from relens.photo import Photo

_MATRIX = Intrinsics(100, 110, 21, 31, 40, 60, "phone matrix")


def test_the_user_s_focal_length_keeps_the_principal_point_and_the_aspect_of_the_pixels() -> None:
    photo = Photo(np.zeros((60, 40, 3), np.float32), _MATRIX).with_focal_length(200)
    assert photo.intrinsics == Intrinsics(200, 220, 21, 31, 40, 60, "user")
    assert photo.other_intrinsics == (_MATRIX,)


def test_a_default_is_no_other_opinion() -> None:
    guess = Intrinsics.centred(100, 40, 60, "default (60 degrees diagonal)")
    assert Photo(np.zeros((60, 40, 3), np.float32), guess).with_focal_length(200).other_intrinsics == ()
