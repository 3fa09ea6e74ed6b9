"""What others wrote lies here unchanged, named, licensed, and small enough to see through."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from saas.look import navigation

STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
PACKAGES: list[dict[str, Any]] = json.loads((STATIC / "vendor/vendor.json").read_text())["packages"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_each_file_is_what_it_says_it_is(package: dict[str, Any]) -> None:
    for name, digest in package["files"].items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name
    assert package["integrity"].startswith("sha512-")
    assert any(name.endswith("LICENSE") for name in package["files"])


def test_nothing_lies_in_the_vendor_folder_unnamed() -> None:
    named = {name for package in PACKAGES for name in package["files"]}
    found = {
        str(path.relative_to(STATIC)) for path in (STATIC / "vendor").rglob("*") if path.is_file()
    }

    assert found - named == {"vendor/vendor.json", "vendor/README.md"}


def test_every_icon_in_use_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    tag = re.compile(r'{% icon "([^"]+)"')
    used = {name for path in TEMPLATES.rglob("*.html") for name in tag.findall(path.read_text())}
    places = (*navigation.HEADER, *navigation.ACCOUNT, *navigation.ORGANIZATION)

    assert used | {place.icon for place in places} <= sprite


def test_the_style_sheet_names_only_files_that_are_here() -> None:
    for name in re.findall(r'url\("([^"]+)"\)', (STATIC / "app.css").read_text()):
        assert (STATIC / name).is_file(), name
