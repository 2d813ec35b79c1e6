"""Photo intake against bare Pillow making the same two pictures, in the same run: times and memory.

Run `python -m bench.photos`. The floors take the same bytes to the same sizes, qualities and turns
in Pillow's fastest good way, but check nothing, hash nothing, and keep a shrunk photo's metadata.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from itertools import count
from pathlib import Path
from statistics import median

from PIL import Image

from bench.table import Row
from fieldvisit.visits.photo_store import PhotoStore
from fieldvisit.visits.photos import prepare
from tests import photos_factory as factory

ROUNDS = 21
BAR = 1.15

Work = Callable[[bytes], object]


def encoded(image: Image.Image, quality: int) -> bytes:
    """Return `image` as JPEG bytes."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def bare_pillow(data: bytes, turn: Image.Transpose | None = None) -> tuple[bytes, bytes]:
    """Make both pictures: draft at half scale, LANCZOS to 1600 px, turn, 320 px from that."""
    image = Image.open(BytesIO(data))
    image.draft(None, (1600, 1200))
    full = image.resize((1600, 1200), Image.Resampling.LANCZOS)
    if turn is not None:
        full = full.transpose(turn)
    size = (full.width // 5, full.height // 5)
    thumb = full.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return encoded(full, 82), encoded(thumb, 75)


def bare_pillow_turned(data: bytes) -> tuple[bytes, bytes]:
    """Do the same for a phone held upright."""
    return bare_pillow(data, Image.Transpose.ROTATE_270)


def bare_pillow_undrafted(data: bytes) -> tuple[bytes, bytes]:
    """Make both pictures by decoding every pixel, as most programs do."""
    full = Image.open(BytesIO(data)).convert("RGB").resize((1600, 1200), Image.Resampling.LANCZOS)
    return encoded(full, 82), encoded(full.resize((320, 240), Image.Resampling.LANCZOS), 75)


def bare_thumb(data: bytes) -> tuple[bytes, bytes]:
    """Keep a shrunk photo's bytes as they are and make its thumbnail by `draft`."""
    image = Image.open(BytesIO(data))
    image.draft(None, (320, 240))
    return data, encoded(image.resize((320, 240), Image.Resampling.LANCZOS), 75)


def medians(data: bytes, *works: Work) -> list[float]:
    """Return each work's median in ms; they take turns, so that all meet the same machine."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, spent in zip(works, times, strict=True):
            start = time.perf_counter()
            work(data)
            spent.append((time.perf_counter() - start) * 1000)
    return [median(spent) for spent in times]


def compare(title: str, data: bytes, floor: Work, work: Work = prepare) -> None:
    """Print one line: the floor, ours, and how they relate."""
    bare, ours = medians(data, floor, work)
    size = len(data) / 1024
    print(f"{title:<42}{size:>7.0f} KB{bare:>9.1f} ms{ours:>9.1f} ms{ours / bare:>8.2f} ×")


def peak(name: str, data: bytes) -> float:
    """Return the MB by which one call of `name` raises a fresh process's peak memory."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        command = [sys.executable, "-m", "bench.photos", "--peak", name, file.name]
        return float(subprocess.run(command, check=True, capture_output=True).stdout)


def print_peak(name: str, path: str) -> None:
    """In the fresh process: warm up on a small photo, then print the MB that `path` adds."""
    work: Work = FLOORS.get(name, prepare)
    work(factory.shrunk_jpeg(64, 48))
    data = Path(path).read_bytes()
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from what is in use
    before = status_mb("VmRSS")
    work(data)
    print(status_mb("VmHWM") - before)


def status_mb(field: str) -> float:
    """Return a figure of this process's memory in MB (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def compare_peak(title: str, data: bytes, floor: str) -> None:
    """Print one line: what the floor and ours need at most, beyond the uploaded bytes."""
    bare, ours = peak(floor, data), peak("prepare", data)
    print(f"{title:<42}{len(data) / 1024:>7.0f} KB{bare:>9.1f} MB{ours:>9.1f} MB{ours / bare:>8.2f} ×")


def saving_in(store: PhotoStore) -> Work:
    """Return a work that takes in a photo and keeps it durably, as a new one each time."""
    numbers = count()

    def work(data: bytes) -> None:
        # Spread over all folders, as real names are.
        name = sha256(str(next(numbers)).encode()).hexdigest()
        store.save(replace(prepare(data), sha256=name))

    return work


def measure() -> list[Row]:
    """Return what matters most of it: the two kinds of photo that phones send."""
    whole, turned = factory.phone_jpeg(orientation=1), factory.phone_jpeg(orientation=6)
    shrunk = factory.shrunk_jpeg(quality=86)
    return [
        _row("photo of 12 MP", whole, bare_pillow),
        _row("photo of 12 MP, turned", turned, bare_pillow_turned),
        _row("photo shrunk by our page", shrunk, bare_thumb),
    ]


def _row(what: str, data: bytes, floor: Work) -> Row:
    bare, ours = medians(data, floor, prepare)
    return Row(what, f"{bare:.1f} ms", f"{ours:.1f} ms", ours / bare, BAR)


def main() -> None:
    """Print every comparison."""
    upright = factory.phone_jpeg(orientation=1)
    progressive = factory.phone_jpeg(orientation=1, progressive=True)
    shrunk = factory.shrunk_jpeg(quality=86)
    print_times(upright, progressive, shrunk)
    print_peaks(upright, progressive, shrunk)


def print_times(upright: bytes, progressive: bytes, shrunk: bytes) -> None:
    """Print how long intake takes beside its floor."""
    turned = factory.phone_jpeg(orientation=6)
    detailed = factory.phone_jpeg(orientation=1, quality=96)
    wide = factory.phone_jpeg(orientation=1, icc_profile=factory.wide_gamut_profile())
    print(f"{f'median time of {ROUNDS}':<42}{'upload':>10}{'floor':>12}{'ours':>12}")
    compare("12 MP", upright, bare_pillow)
    compare("12 MP, turned", turned, bare_pillow_turned)
    compare("12 MP, finely detailed", detailed, bare_pillow)
    compare("12 MP, progressive", progressive, bare_pillow)
    compare("12 MP, wide gamut (floor ignores it)", wide, bare_pillow)
    compare("12 MP, beside Pillow without draft", upright, bare_pillow_undrafted)
    compare("already shrunk by our page", shrunk, bare_thumb)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        work = saving_in(PhotoStore(Path(folder)))
        compare("already shrunk, and kept durably", shrunk, bare_thumb, work)


def print_peaks(upright: bytes, progressive: bytes, shrunk: bytes) -> None:
    """Print how much memory intake needs at most beside its floor."""
    large = Image.new("RGBA", (9000, 6600), (9, 99, 9, 128))
    print("\npeak memory of one call, beyond the uploaded bytes")
    compare_peak("12 MP", upright, "bare_pillow")
    compare_peak("12 MP, progressive", progressive, "bare_pillow")
    compare_peak("already shrunk by our page", shrunk, "bare_thumb")
    compare_peak("59 MP PNG with alpha", factory.encoded(large, "PNG"), "bare_pillow_undrafted")
    compare_peak("59 MP WebP", factory.encoded(large, "WEBP", method=0), "bare_pillow_undrafted")


FLOORS: dict[str, Work] = {work.__name__: work for work in (bare_pillow, bare_pillow_undrafted, bare_thumb)}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        print_peak(*sys.argv[2:])
    else:
        main()
