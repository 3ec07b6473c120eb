"""Licences that packages' metadata leave out or tell only in part, read in the packages themselves."""

# By the canonical name of the package.
CHECKED = {
    # metadata: none; licenses/LICENSE in the wheel
    "atheris": "Apache-2.0",
    # metadata: BSD-3-Clause; in the wheel's av.libs, an FFmpeg that calls itself LGPL 3 is linked with two GPL encoders
    "av": "BSD-3-Clause; its wheels hold FFmpeg (LGPL-3.0-or-later) with x264 and x265 (GPL-2.0-or-later)",
    # metadata: "BSD"; licenses/LICENSE in the wheel has two clauses
    "numba": "BSD-2-Clause",
    # metadata: "Apache 2.0"; LICENSE-3RD-PARTY.txt in the wheel
    "opencv-python-headless": "Apache-2.0; its wheels hold FFmpeg (LGPL-2.1-or-later)",
    # metadata: none; licenses/LICENSE.md in the wheel
    "openexr": "BSD-3-Clause",
    # metadata: BSD-3-Clause and, as a classifier, LGPLv3; LICENSES_bundled.txt in the wheel
    "pi-heif": "BSD-3-Clause; its wheels hold libheif and libde265 (LGPL-3.0-or-later)",
    # metadata: the whole text; it has three clauses
    "scipy": "BSD-3-Clause",
    # metadata: a list of files with their licences; the package's own has three clauses
    "scikit-image": "BSD-3-Clause",
    # metadata: "BSD"; LICENSE in the wheel has three clauses
    "sympy": "BSD-3-Clause",
    "mpmath": "BSD-3-Clause",
}
