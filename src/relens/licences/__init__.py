"""What relens is made of and under which licences: packages, networks, sample photos.

installed_packages() -> tuple[Licence, ...]   the packages here that relens and its extras asked for
missing_extras() -> tuple[str, ...]           the packages of extras that are not here
package_licence(name) -> Licence              one installed package
shipped_networks(), shipped_photos(), page_packages()   what travels inside relens
restriction(licence) -> str                   what limits use or passing on; empty where nothing is known to
"""

from relens.licences.licence import Licence
from relens.licences.packages import installed_packages, missing_extras, package_licence
from relens.licences.restriction import restriction
from relens.licences.shipped import page_packages, shipped_networks, shipped_photos

__all__ = [
    "Licence",
    "installed_packages",
    "missing_extras",
    "package_licence",
    "page_packages",
    "restriction",
    "shipped_networks",
    "shipped_photos",
]
