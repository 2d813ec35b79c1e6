"""How photos are kept: by content, durably, among processes, and swept when unneeded."""

import errno
import multiprocessing
import os
import stat
import sys
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.visits.photo_store import PhotoSize, PhotoStore
from fieldvisit.visits.photos import PreparedPhoto

HOUR = 3600


def photo(content: bytes = b"a full picture") -> PreparedPhoto:
    return PreparedPhoto(content, b"thumb of " + content, 4, 3, sha256(content).hexdigest(), 0)


def files_under(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


def age(folder: Path, seconds: float) -> None:
    for file in folder.rglob("*.*"):
        os.utime(file, (time.time() - seconds,) * 2)


def keep_all(_: str) -> bool:
    return True


def keep_none(_: str) -> bool:
    return False


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "photos"


@pytest.fixture
def store(root: Path) -> PhotoStore:
    return PhotoStore(root)


class TestPaths:
    def test_the_full_picture_lies_in_a_folder_of_its_first_two_digits(self, store: PhotoStore, root: Path) -> None:
        name = "abcd" + "0" * 60
        assert store.path(name, PhotoSize.FULL) == root / "ab" / f"{name}.jpg"

    def test_the_thumbnail_lies_beside_it(self, store: PhotoStore, root: Path) -> None:
        name = "abcd" + "0" * 60
        assert store.path(name, PhotoSize.THUMB) == root / "ab" / f"{name}.320.jpg"

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "../../etc/passwd",
            "../" * 21 + "a",
            "a" * 63,
            "a" * 65,
            "A" * 64,
            "a" * 64 + "\n",
            "a" * 63 + "\0",
            "１" * 64,
            "/" + "a" * 63,
        ],
    )
    def test_a_name_that_is_no_sha256_is_refused(self, store: PhotoStore, name: str) -> None:
        with pytest.raises(ValueError, match="SHA-256"):
            store.path(name, PhotoSize.FULL)

    @given(name=st.text(alphabet="0123456789abcdefg./\\\n", min_size=60, max_size=66))
    def test_no_name_leads_out_of_the_store(self, name: str) -> None:
        try:
            path = PhotoStore(Path("/photos")).path(name, PhotoSize.FULL)
        except ValueError:
            return
        assert path.parent.parent.parent == Path("/photos")
        assert ".." not in path.parts

    def test_a_photo_with_a_bad_name_is_not_saved(self, store: PhotoStore, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="SHA-256"):
            store.save(PreparedPhoto(b"x", b"y", 1, 1, "../../outside", 0))
        assert files_under(tmp_path) == []


class TestSaving:
    def test_both_sizes_are_read_back_as_they_were(self, store: PhotoStore) -> None:
        store.save(photo())
        read = [store.read(photo().sha256, size) for size in (PhotoSize.FULL, PhotoSize.THUMB)]
        assert read == [photo().full, photo().thumb]

    def test_no_temporary_file_stays(self, store: PhotoStore, root: Path) -> None:
        store.save(photo())
        assert files_under(root) == sorted([f"{photo().sha256}.320.jpg", f"{photo().sha256}.jpg"])

    def test_a_photo_that_was_never_saved_is_not_found(self, store: PhotoStore) -> None:
        with pytest.raises(FileNotFoundError):
            store.read("0" * 64, PhotoSize.FULL)

    def test_saving_again_does_not_write_again(self, store: PhotoStore, root: Path) -> None:
        store.save(photo())
        before = {file: file.stat().st_ino for file in root.rglob("*.jpg")}
        store.save(photo())
        assert {file: file.stat().st_ino for file in root.rglob("*.jpg")} == before

    def test_a_missing_thumbnail_is_put_back(self, store: PhotoStore) -> None:
        store.save(photo())
        store.path(photo().sha256, PhotoSize.THUMB).unlink()
        store.save(photo())
        assert store.read(photo().sha256, PhotoSize.THUMB) == photo().thumb

    def test_a_store_survives_the_loss_of_its_folders(self, store: PhotoStore, root: Path) -> None:
        store.save(photo())
        root.rename(root.with_name("moved away"))
        store.save(photo())
        assert store.read(photo().sha256, PhotoSize.FULL) == photo().full

    def test_no_one_else_on_the_machine_may_read_it(self, store: PhotoStore, root: Path) -> None:
        store.save(photo())
        assert {file.stat().st_mode & 0o077 for file in root.rglob("*.jpg")} == {0}


class Trace:
    """The order in which a save synced and renamed, with the folder or the name's ending."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[tuple[str, str]] = []
        fsync, replace = os.fsync, Path.replace

        def traced_fsync(descriptor: int) -> None:
            target = Path(f"/proc/self/fd/{descriptor}").readlink()
            kind = "folder" if target.is_dir() else "file"
            self.steps.append((f"sync {kind}", str(target) if kind == "folder" else ""))
            fsync(descriptor)

        def traced_replace(source: Path, target: Path) -> Path:
            self.steps.append(("rename", target.suffixes[0]))
            return replace(source, target)

        monkeypatch.setattr(os, "fsync", traced_fsync)
        monkeypatch.setattr(Path, "replace", traced_replace)

    def synced_folders(self) -> list[str]:
        return [path for step, path in self.steps if step == "sync folder"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see what is synced")
class TestDurability:
    @pytest.fixture
    def trace(self, monkeypatch: pytest.MonkeyPatch) -> Trace:
        return Trace(monkeypatch)

    def test_each_file_is_synced_before_it_gets_its_name(self, store: PhotoStore, trace: Trace) -> None:
        store.save(photo())
        files = [step for step, _ in trace.steps if step != "sync folder"]
        assert files == ["sync file", "rename", "sync file", "rename"]

    def test_the_full_picture_comes_last(self, store: PhotoStore, trace: Trace) -> None:
        store.save(photo())
        assert [name for step, name in trace.steps if step == "rename"] == [".320", ".jpg"]

    def test_its_folder_is_synced_after_the_last_rename(self, store: PhotoStore, trace: Trace) -> None:
        store.save(photo())
        folder = store.path(photo().sha256, PhotoSize.FULL).parent
        assert trace.steps[-1] == ("sync folder", str(folder))

    def test_every_folder_above_it_is_synced_up_to_one_that_was_there(self, tmp_path: Path, trace: Trace) -> None:
        root = tmp_path / "data" / "photos"
        PhotoStore(root).save(photo())
        above = [root / photo().sha256[:2], root, tmp_path / "data", tmp_path]
        assert {str(folder) for folder in above} <= set(trace.synced_folders())

    def test_folders_that_another_process_made_are_synced_too(
        self, store: PhotoStore, root: Path, trace: Trace
    ) -> None:
        PhotoStore(root).save(photo())
        trace.steps.clear()
        store.save(photo())
        above = [root / photo().sha256[:2], root, root.parent]
        assert {str(folder) for folder in above} <= set(trace.synced_folders())

    def test_a_root_that_was_lost_is_synced_when_made_anew(self, store: PhotoStore, root: Path, trace: Trace) -> None:
        store.save(photo())
        root.rename(root.with_name("moved away"))
        trace.steps.clear()
        store.save(photo())
        assert str(root.parent) in trace.synced_folders()

    def test_a_photo_already_there_is_acknowledged_only_after_a_sync(self, store: PhotoStore, trace: Trace) -> None:
        store.save(photo())
        trace.steps.clear()
        store.save(photo())
        folder = store.path(photo().sha256, PhotoSize.FULL).parent
        assert trace.steps == [("sync folder", str(folder))]

    def test_what_a_sweep_removed_stays_removed_after_a_crash(
        self, store: PhotoStore, root: Path, trace: Trace
    ) -> None:
        store.save(photo())
        age(root, 2 * HOUR)
        trace.steps.clear()
        store.sweep(keep_none, HOUR)
        folder = store.path(photo().sha256, PhotoSize.FULL).parent
        assert trace.steps == [("sync folder", str(folder))]

    def test_known_folders_are_not_synced_again_for_the_next_photo(
        self, store: PhotoStore, root: Path, trace: Trace
    ) -> None:
        store.save(photo())
        neighbour = PreparedPhoto(b"n", b"t", 1, 1, photo().sha256[:4] + "0" * 60, 0)
        trace.steps.clear()
        store.save(neighbour)
        assert len(trace.synced_folders()) == 1


class TestFaults:
    def test_a_full_disk_leaves_nothing_behind(
        self, store: PhotoStore, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fsync = os.fsync

        def full(descriptor: int) -> None:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.ENOSPC, "No space left on device")
            fsync(descriptor)

        store.save(photo(b"another"))
        before = files_under(root)
        monkeypatch.setattr("fieldvisit.visits.photo_store.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            store.save(photo())
        assert files_under(root) == before

    def test_a_failed_rename_leaves_nothing_behind(
        self, store: PhotoStore, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def failing(*_: object) -> Path:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(Path, "replace", failing)
        with pytest.raises(OSError, match="Input"):
            store.save(photo())
        assert files_under(root) == []

    def test_a_save_after_a_failed_one_succeeds(self, store: PhotoStore, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("lost")))
            with pytest.raises(OSError, match="lost"):
                store.save(photo())
        store.save(photo())
        assert store.read(photo().sha256, PhotoSize.FULL) == photo().full


def save_all(root: Path, contents: list[bytes]) -> None:
    store = PhotoStore(root)
    for content in contents:
        store.save(photo(content))


def in_threads(work: Callable[[], None], count: int) -> list[BaseException]:
    """Run `work` in `count` threads at once and return what they raised."""
    raised: list[BaseException] = []
    start = threading.Barrier(count, timeout=10)

    def run() -> None:
        start.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001  (the test reports whatever it was)
            raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


class TestInParallel:
    def test_threads_saving_the_same_photos_all_succeed(self, store: PhotoStore, root: Path) -> None:
        def save_each() -> None:
            for number in range(20):
                store.save(photo(b"%d" % number))

        assert in_threads(save_each, 8) == []
        assert len(files_under(root)) == 40

    def test_processes_saving_the_same_photos_all_succeed(self, root: Path) -> None:
        contents = [b"%d" % number for number in range(20)]
        context = multiprocessing.get_context("spawn")
        workers = [context.Process(target=save_all, args=(root, contents)) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0, 0, 0]
        assert len(files_under(root)) == 40

    def test_a_photo_saved_while_a_sweep_is_about_to_remove_it_is_there_afterwards(
        self, store: PhotoStore, root: Path
    ) -> None:
        def save_meanwhile(_: str) -> bool:
            if saving.ident is None:
                saving.start()
                saving.join(timeout=1)
            return False

        store.save(photo())
        age(root, 2 * HOUR)
        saving = threading.Thread(target=PhotoStore(root).save, args=(photo(),))
        store.sweep(save_meanwhile, HOUR)
        saving.join()
        assert files_under(root) == sorted([f"{photo().sha256}.320.jpg", f"{photo().sha256}.jpg"])


class TestSweeping:
    def test_an_old_photo_that_nothing_refers_to_goes_in_both_sizes(self, store: PhotoStore, root: Path) -> None:
        store.save(photo())
        age(root, 2 * HOUR)
        assert store.sweep(keep_none, HOUR) == 2
        assert files_under(root) == []

    def test_a_photo_that_is_referred_to_stays(self, store: PhotoStore, root: Path) -> None:
        store.save(photo())
        store.save(photo(b"another"))
        age(root, 2 * HOUR)
        store.sweep(lambda name: name == photo().sha256, HOUR)
        assert files_under(root) == sorted([f"{photo().sha256}.320.jpg", f"{photo().sha256}.jpg"])

    def test_a_young_photo_stays_as_its_row_may_not_be_committed_yet(self, store: PhotoStore, root: Path) -> None:
        store.save(photo())
        age(root, HOUR - 60)
        assert store.sweep(keep_none, HOUR) == 0

    def test_saving_an_old_photo_again_makes_it_young(self, store: PhotoStore, root: Path) -> None:
        store.save(photo())
        age(root, 2 * HOUR)
        store.save(photo())
        assert store.sweep(keep_none, HOUR) == 0

    def test_an_old_temporary_file_goes_although_everything_is_kept(self, store: PhotoStore, root: Path) -> None:
        store.save(photo())
        left = store.path(photo().sha256, PhotoSize.FULL).with_name(".tmp-of a killed process")
        left.write_bytes(b"half a pic")
        age(root, 2 * HOUR)
        assert store.sweep(keep_all, HOUR) == 1
        assert not left.exists()

    def test_what_a_process_killed_while_saving_leaves_is_swept(
        self, store: PhotoStore, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as dying:
            dying.setattr(Path, "replace", killed)
            dying.setattr(Path, "unlink", killed)
            with pytest.raises(KeyboardInterrupt):
                store.save(photo())
        age(root, 2 * HOUR)
        assert len(files_under(root)) == 1
        assert store.sweep(keep_all, HOUR) == 1

    def test_a_young_temporary_file_stays(self, store: PhotoStore) -> None:
        store.save(photo())
        left = store.path(photo().sha256, PhotoSize.FULL).with_name(".tmp-being written")
        left.write_bytes(b"half a pic")
        assert store.sweep(keep_all, HOUR) == 0

    def test_a_file_that_is_not_ours_stays(self, store: PhotoStore, root: Path) -> None:
        store.save(photo())
        foreign = store.path(photo().sha256, PhotoSize.FULL).with_name("README.txt")
        foreign.write_text("put here by the administrator")
        age(root, 2 * HOUR)
        store.sweep(keep_none, HOUR)
        assert files_under(root) == ["README.txt"]

    def test_an_empty_store_sweeps_nothing(self, store: PhotoStore) -> None:
        assert store.sweep(keep_none, HOUR) == 0

    def test_a_swept_photo_can_be_saved_again(self, store: PhotoStore, root: Path) -> None:
        store.save(photo())
        age(root, 2 * HOUR)
        store.sweep(keep_none, HOUR)
        store.save(photo())
        assert store.read(photo().sha256, PhotoSize.THUMB) == photo().thumb
