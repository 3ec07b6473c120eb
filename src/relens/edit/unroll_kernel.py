"""The compiled parts of the surface map: a surface rolled out along straight lines of the page, and read at texels."""

import math

import numba


@numba.njit(cache=True, nogil=True)
def unroll(relief, trend, nearest, start, step_px, camera, places):
    """Roll a surface out onto the plane that touches it at the start: places (lines, steps, 2) in metres.

    Along each line the steps in space are laid into a frame that turns with the surface and no more than it, so that
    lengths along the line are kept; what can be rolled out without stretching (planes, cylinders, cones) is, exactly.
    Source: parallel transport and development, do Carmo, Differential Geometry of Curves and Surfaces, section 4-4.

    relief: (h, w, 3) inverse depth and its slopes a pixel to the right and down, all less the trend; cells of step_px.
    trend: inverse depth at the start, and its slopes. nearest: least and greatest inverse depth.
    start: column and row of the window. camera: fx, fy, and the principal point's column and row in the window.
    """
    lines, steps = places.shape[0], places.shape[1]
    for line in range(lines):
        angle = 2 * math.pi * line / lines
        along_x, along_y = math.cos(angle) * step_px, math.sin(angle) * step_px
        x0, y0, z0, nx0, ny0, nz0 = _surface(relief, trend, nearest, start, step_px, camera, start[0], start[1])
        # The camera's right on the surface, and what is down from there.
        length = math.sqrt(ny0 * ny0 + nz0 * nz0)
        ux, uy, uz = length, -nx0 * ny0 / length, -nx0 * nz0 / length
        vx, vy, vz = ny0 * uz - nz0 * uy, nz0 * ux - nx0 * uz, nx0 * uy - ny0 * ux
        u = v = 0.0
        for step in range(steps):
            places[line, step, 0], places[line, step, 1] = u, v
            column, row = start[0] + along_x * (step + 1), start[1] + along_y * (step + 1)
            x, y, z, nx, ny, nz = _surface(relief, trend, nearest, start, step_px, camera, column, row)
            # The least turn that takes one normal to the next.
            sx, sy, sz, part = nx0 + nx, ny0 + ny, nz0 + nz, 1 + nx0 * nx + ny0 * ny + nz0 * nz
            turn_u = (nx * ux + ny * uy + nz * uz) / part
            turn_v = (nx * vx + ny * vy + nz * vz) / part
            ux1, uy1, uz1 = ux - turn_u * sx, uy - turn_u * sy, uz - turn_u * sz
            vx1, vy1, vz1 = vx - turn_v * sx, vy - turn_v * sy, vz - turn_v * sz
            dx, dy, dz = x - x0, y - y0, z - z0
            u += 0.5 * (dx * (ux + ux1) + dy * (uy + uy1) + dz * (uz + uz1))
            v += 0.5 * (dx * (vx + vx1) + dy * (vy + vy1) + dz * (vz + vz1))
            x0, y0, z0, nx0, ny0, nz0 = x, y, z, nx, ny, nz
            ux, uy, uz, vx, vy, vz = ux1, uy1, uz1, vx1, vy1, vz1


@numba.njit(cache=True, nogil=True)
def read_places(places, start, step_px, out):
    """Where every texel of a window lies on the rolled-out surface: out (h, w, 2), metres."""
    lines, steps = places.shape[0], places.shape[1]
    height, width = out.shape[0], out.shape[1]
    for y in range(height):
        for x in range(width):
            across, down = x + 0.5 - start[0], y + 0.5 - start[1]
            far = min(math.sqrt(across * across + down * down) / step_px, steps - 1.001)
            step = int(far)
            far -= step
            turn = (math.atan2(down, across) / (2 * math.pi) % 1.0) * lines
            line = int(turn)
            turn -= line
            one, other = line % lines, (line + 1) % lines
            for c in range(2):
                before = places[one, step, c] + far * (places[one, step + 1, c] - places[one, step, c])
                after = places[other, step, c] + far * (places[other, step + 1, c] - places[other, step, c])
                out[y, x, c] = before + turn * (after - before)


@numba.njit(cache=True, nogil=True)
def _surface(relief, trend, nearest, start, step_px, camera, column, row):
    """The point at a place of the window, and the unit normal, away from the camera.

    A plane n.X = d has w = n.r / d for the ray r = ((x - cx)/fx, (y - cy)/fy, 1), so that n is along (fx w_x, fy w_y,
    w - (x - cx) w_x - (y - cy) w_y).
    """
    height, width = relief.shape[0], relief.shape[1]
    x = min(max(column / step_px - 0.5, 0.0), width - 1.0)
    y = min(max(row / step_px - 0.5, 0.0), height - 1.0)
    left, top = int(x), int(y)
    right, low = min(left + 1, width - 1), min(top + 1, height - 1)
    x -= left
    y -= top
    upper = relief[top, left] + x * (relief[top, right] - relief[top, left])
    lower = relief[low, left] + x * (relief[low, right] - relief[low, left])
    here = upper + y * (lower - upper)
    w = trend[0] + trend[1] * (column - start[0]) + trend[2] * (row - start[1]) + here[0]
    w = min(max(w, nearest[0]), nearest[1])
    slope_x, slope_y = trend[1] + here[1], trend[2] + here[2]
    off_x, off_y = column - camera[2], row - camera[3]
    nx, ny, nz = camera[0] * slope_x, camera[1] * slope_y, w - off_x * slope_x - off_y * slope_y
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    return off_x / camera[0] / w, off_y / camera[1] / w, 1 / w, nx / length, ny / length, nz / length
