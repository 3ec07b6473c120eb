"""What a fuzzing process tells its parent: inputs, their digest, the longest time in s, the most memory in MB."""

import struct

FORM = "<Q32sdd"
SIZE = struct.calcsize(FORM)
