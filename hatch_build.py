"""Build hook: compiles the translations (.po → .mo) for the wheel and for editable installs, and takes the bundled libraries of
the officers' app along (tools/frontend.py made them). Both are git-ignored, which would leave them out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TRANSLATIONS = "webapp/translations"
BUNDLES = "webapp/static/vendor"


class CompileTranslations(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's generic is over its own configs
    """Hatch finds this class by itself (`[tool.hatch.build.hooks.custom]`)."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_translations(Path(self.root))
        build_data["artifacts"] += [f"{TRANSLATIONS}/**/*.mo", f"{BUNDLES}/*"]


def compile_translations(root: Path) -> list[Path]:
    """Write the .mo beside every .po under root/webapp/translations; entries marked fuzzy are left out."""
    written = []
    for source in sorted((root / TRANSLATIONS).glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as lines:
            catalog = read_po(lines, locale=source.parent.parent.name)
        target = source.with_suffix(".mo")
        with target.open("wb") as out:
            write_mo(out, catalog)
        written.append(target)
    return written
