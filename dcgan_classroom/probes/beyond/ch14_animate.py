"""Chapter 14: a warp, principal motions, a fade at the border, and a keypoint's local motion."""

from dcgan_classroom.probes.base import Probe

PROBES = {
    "warp-back": Probe(
        """
def warped(height, width, reach):
    image = random.normal(0, 1, (height, width))
    field = random.uniform(-reach, reach, (height, width, 2))
    return np.asarray(warp_back(image, field), float)


def shifted(x, y):
    image = random.normal(0, 1, (7, 5))
    return np.asarray(warp_back(image, np.full((7, 5, 2), [x, y])), float)


ask("whole pixels", lambda: [shifted(2.0, 0.0), shifted(0.0, -1.0), shifted(-1.0, 3.0)])
ask("between pixels", lambda: [shifted(0.25, 0.0), shifted(0.5, 0.75), warped(8, 6, 0.9)])
ask("beyond the edge", lambda: [shifted(40.0, -40.0), warped(5, 9, 12.0)])
""",
        ("warp_back",),
        message="The result at row r and column c is the image at row r + y and column c + x; "
        "four pixels are mixed, and beyond the edge the outermost one goes on.",
    ),
    "main-ways": Probe(
        """
def ways(rows, columns, count):
    scales = np.geomspace(5, 0.2, columns)
    fields = random.normal(0, 1, (rows, columns)) * scales + random.normal(0, 1, columns)
    directions, shares = main_ways(fields, count)
    directions = np.asarray(directions, float)
    either_way = np.einsum("ni,nj->nij", directions, directions)
    return either_way, np.asarray(shares, float)


many, few = ways(60, 8, 3), ways(5, 20, 2)
ask("directions", lambda: [many[0], few[0]])
ask("shares", lambda: [many[1], few[1], ways(30, 6, 6)[1]])
""",
        ("main_ways",),
        message="The right singular vectors of the rows as they are, without centring; the shares "
        "are squared singular values by the sum of all squares.",
    ),
    "fade": Probe(
        """
drawn = random.integers([9, 3], [40, 6], (4, 2)).tolist()
sides = [(side, side // part) for side, part in drawn]
ask("factors", lambda: [np.asarray(fade(*pair), float) for pair in sides])
ask("a margin of half the side", lambda: np.asarray(fade(12, 6), float))
ask("a margin of one pixel", lambda: np.asarray(fade(7, 1), float))
""",
        ("fade",),
        message="0 in the outermost pixels, 1 from the margin on, half a swing of a cosine "
        "between; rows' and columns' factors are multiplied.",
    ),
    "follow": Probe(
        """
def places(count, bend):
    rows = []
    for _ in range(count):
        place, own, driving = random.uniform(-1, 1, (3, 2))
        bends = np.eye(2) + bend * random.normal(0, 0.3, (2, 2, 2))
        rows.append(np.asarray(follow(place, own, bends[0], driving, bends[1]), float))
    return np.stack(rows)


ask("shifts alone", lambda: places(4, 0.0))
ask("bends", lambda: places(6, 1.0))
""",
        ("follow",),
        message="From the keypoint's own place: the difference to the driving keypoint, first "
        "unbent by the driver's matrix, then bent by the source's.",
    ),
}
