"""Learning from the example sentences, with conditional random fields (python-crfsuite).

What was learnt is kept in a cache folder under a name that tells from which
sentences, so that learning happens once, when a sentence has changed.  It is
done in a process of its own, for it needs memory that the daemon then is
spared.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pycrfsuite

from service.interpretation import examples, features, hearing, lessons, lines, rulebook, words
from service.interpretation.examples import BadExample, ExampleLetter, parse_examples
from service.interpretation.lessons import lesson_of, parts_lesson_of
from service.interpretation.rulebook import Rulebook

log = logging.getLogger("kallelse.reading")

MODELS = ("acts", "types", "parts")
# Strength of the penalty on large weights, and rounds of training; chosen by leaving a fifth of the
# examples out.  What occurs only once teaches nothing.
_SETTINGS = {"c1": 0.0, "feature.minfreq": 2, "max_iterations": 60}
_PENALTY = {"acts": 0.3, "types": 0.3, "parts": 0.1}
_LONGEST_SECONDS = 600
# So many lessons are kept: two versions on one machine do not drive each other out.
_KEPT = 4


class LearntModels:
    """The three models, ready to be asked; they are read, never written."""

    def __init__(self, models: dict[str, bytes]) -> None:
        self._bytes = models  # crfsuite reads them where they lie.
        self._taggers = {name: pycrfsuite.Tagger() for name in MODELS}
        for name, tagger in self._taggers.items():
            tagger.open_inmemory(models[name])
        self._labels = {name: tagger.labels() for name, tagger in self._taggers.items()}

    def acts(self, letter: Sequence[Sequence[str]]) -> list[dict[str, float]]:
        """How likely each act is, sentence by sentence."""
        return self._likelihoods("acts", letter)

    def types(self, letter: Sequence[Sequence[str]]) -> list[dict[str, float]]:
        """How likely each type of matter is, sentence by sentence."""
        return self._likelihoods("types", letter)

    def parts(self, sentence: Sequence[Sequence[str]]) -> list[hearing.Told]:
        """The likeliest part of each word."""
        tagger = self._taggers["parts"]
        tagger.set(sentence)
        return [hearing.Told(tag, tagger.marginal(tag, n)) for n, tag in enumerate(tagger.tag())]

    def openings(self, sentence: Sequence[Sequence[str]]) -> list[hearing.Opening]:
        """How likely a title begins and goes on at each word."""
        tagger = self._taggers["parts"]
        if not {"B-title", "I-title"} <= set(self._labels["parts"]):
            return [hearing.Opening(0.0, 0.0) for _ in sentence]
        tagger.set(sentence)
        return [
            hearing.Opening(tagger.marginal("B-title", n), tagger.marginal("I-title", n))
            for n in range(len(sentence))
        ]

    def _likelihoods(self, model: str, letter: Sequence[Sequence[str]]) -> list[dict[str, float]]:
        tagger = self._taggers[model]
        tagger.set(letter)
        return [
            {label: tagger.marginal(label, n) for label in self._labels[model]} for n in range(len(letter))
        ]


def read_examples(folders: Iterable[Path]) -> list[ExampleLetter]:
    """The examples of all files in some folders.  Raises BadExample, with the file's name."""
    found: list[ExampleLetter] = []
    for path in _files(folders):
        try:
            found += parse_examples(path.read_text("utf-8").splitlines())
        except UnicodeDecodeError as error:
            raise BadExample(f"{path}: filen är inte UTF-8; spara den som UTF-8") from error
        except BadExample as error:
            raise BadExample(f"{path}: {error}") from error
    return found


def _files(folders: Iterable[Path]) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.glob("*.txt"))]


def learn(
    letters: Sequence[ExampleLetter], rules: Rulebook, target: Path, models: Sequence[str] = MODELS
) -> None:
    """Learn from examples, looked at with the rules, and write some of the models into a folder."""
    trainers = {name: pycrfsuite.Trainer(verbose=False) for name in models}
    for letter in letters:
        rows = lesson_of(letter, rules) if {"acts", "types"} & trainers.keys() else []
        if "acts" in trainers:
            trainers["acts"].append([f for f, _, _ in rows], [act for _, act, _ in rows])
        if "types" in trainers:
            trainers["types"].append([f for f, _, _ in rows], [type_ for _, _, type_ in rows])
        for example in letter.sentences if "parts" in trainers else ():
            told, tags = parts_lesson_of(example)
            if told:
                trainers["parts"].append(told, tags)
    for name, trainer in trainers.items():
        trainer.select("lbfgs")
        trainer.set_params({**_SETTINGS, "c2": _PENALTY[name]})
        trainer.train(str(target / name))


def learnt_from(shipped: Path, own: Path | None = None) -> LearntModels | None:
    """What the examples of the shipped rules, and of a network's own, teach.

    None where there are none or nothing could be learnt.  Reads it from the
    cache, or learns it first, which takes some seconds.
    """
    folders = [f for f in (shipped, own) if f is not None]
    files = [
        *_files(f / "examples" for f in folders),
        *(p for f in folders for p in sorted(f.glob("*.toml"))),
    ]
    if not _files(f / "examples" for f in folders):
        return None
    kept = _cache() / f"reading-{_fingerprint(files)}"
    if not _complete(kept):
        try:
            return _learn_apart(folders, kept)
        except (OSError, subprocess.SubprocessError):
            log.exception("nothing could be learnt from the examples; reading goes on by the rules alone")
            return None
    return _loaded(kept)


def _loaded(folder: Path) -> LearntModels:
    return LearntModels({name: (folder / name).read_bytes() for name in MODELS})


def _complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in MODELS)


def _cache() -> Path:
    """Where what was learnt is kept: systemd's CacheDirectory=, else the user's cache folder."""
    if given := os.environ.get("CACHE_DIRECTORY"):
        return Path(given.split(":")[0])
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "kallelse"


def _fingerprint(files: Sequence[Path]) -> str:
    """Tells from what was learnt: the sentences, and how they are looked at."""
    told = hashlib.sha256()
    for module in (examples, features, hearing, lessons, lines, rulebook, words, sys.modules[__name__]):
        told.update(inspect.getsource(module).encode())
    for path in files:
        told.update(path.read_bytes())
    return told.hexdigest()[:20]


# Two lessons side by side take about as long as each other.
_LESSONS = (("acts", "types"), ("parts",))


def _learn_apart(folders: Sequence[Path], kept: Path) -> LearntModels:
    if sys.stderr.isatty():
        print(
            "Läsaren lär sig av exempelmeningarna; det tar en kvarts minut, och bara denna gång.",
            file=sys.stderr,
        )
    with tempfile.TemporaryDirectory(prefix="kallelse-") as scratch:
        made = Path(scratch)
        with ThreadPoolExecutor() as lessons_:
            list(lessons_.map(lambda models: _lesson(made, folders, models), _LESSONS))
        models = _loaded(made)
        _keep(made, kept)
    return models


def _lesson(target: Path, folders: Sequence[Path], models: Sequence[str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "service.adapters.lesson", ",".join(models), str(target), *map(str, folders)],
        check=True, timeout=_LONGEST_SECONDS, capture_output=True,
    )  # fmt: skip


def _keep(made: Path, kept: Path) -> None:
    """Put the models where the next start finds them; without a cache they are learnt again."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as beside:
            complete = Path(beside) / "complete"
            complete.mkdir()
            for name in MODELS:
                (complete / name).write_bytes((made / name).read_bytes())
            # One rename, so that nobody ever finds half of them.
            if not _complete(kept):
                complete.rename(kept)
        older = sorted(kept.parent.glob("reading-*"), key=lambda folder: folder.stat().st_mtime)
        for old in older[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        log.warning("what was learnt could not be kept (%s); the next start learns it again", error.strerror)
