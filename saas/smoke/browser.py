"""A browser without a screen: follows links, fills in forms, keeps cookies. No JavaScript."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

SECONDS = 30


class SmokeFailed(AssertionError):
    """Something on the road was not as promised; the message says where and what."""


@dataclass
class PageForm:
    """A form of a page: where it goes, and what it would send untouched."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def has(self, *names: str) -> bool:
        """Whether every one of these can be filled in."""
        return all(name in self.fields or name in self.choices for name in names)


class _FormReader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._form = PageForm(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None or (not name and tag not in ("option", "button")):
            return
        elif tag == "input":
            self._input(self._form, name, given)
        elif tag == "textarea":
            self._area = name
            self._form.fields[name] = ""
        elif tag == "select":
            self._select = name
            self._form.choices[name] = []
        elif tag == "option" and self._select:
            self._form.choices[self._select].append(given.get("value", ""))
            if "selected" in given or self._select not in self._form.fields:
                self._form.fields[self._select] = given.get("value", "")
        elif tag == "button":
            self._form.buttons.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields[self._area] += data

    @staticmethod
    def _input(form: PageForm, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        value = given.get("value", "on" if kind in ("checkbox", "radio") else "")
        if kind == "radio":
            form.choices.setdefault(name, []).append(value)
        if kind == "checkbox":
            form.choices.setdefault(name, []).append(value)
        if kind not in ("checkbox", "radio") or "checked" in given:
            form.fields[name] = value
        if kind == "submit":
            form.buttons.append((name, value))


class Browser:
    """One person's browser over one running stack."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.session = requests.Session()
        self.session.trust_env = False
        self.answer = requests.Response()

    @property
    def text(self) -> str:
        """The page as it came."""
        return self.answer.text

    @property
    def path(self) -> str:
        """Where the browser stands, without the host."""
        return urlsplit(self.answer.url).path

    def visit(self, where: str, *, expect: int = 200) -> "Browser":
        """Open an address of the application, or a whole one, following what it leads to."""
        url = urljoin(f"{self.base_url}/", where)
        self.answer = self.session.get(url, timeout=SECONDS)
        return self._expect(expect)

    def send(self, values: Mapping[str, str], *needs: str, expect: int = 200) -> "Browser":
        """Fill in the page's form that has these fields and send it, following where it leads.

        ``needs`` names the fields that tell the form, where not all ``values`` do: buttons, say.
        """
        return self._post(self.form(*(needs or values)), values, expect)

    def press(self, name: str, value: str, *, expect: int = 200) -> "Browser":
        """Press the button of this name and value."""
        for form in self.forms():
            if (name, value) in form.buttons:
                return self._post(form, {name: value}, expect)
        raise SmokeFailed(f"{self.answer.url}: no button {name}={value}")

    def send_to(
        self, action: str, values: Mapping[str, str] | None = None, *, expect: int = 200
    ) -> "Browser":
        """Send the page's form whose action ends like this."""
        for form in self.forms():
            if form.method == "post" and urlsplit(form.action).path.endswith(action):
                return self._post(form, values or {}, expect)
        raise SmokeFailed(f"{self.answer.url}: no form that leads to …{action}")

    def form(self, *needs: str) -> PageForm:
        """Return the first form to post that has these fields."""
        for form in self.forms():
            if form.method == "post" and form.has(*needs):
                return form
        raise SmokeFailed(f"{self.answer.url}: no form with {', '.join(needs)}")

    def called(self, name: str, *, action: str = "") -> str:
        """Return the whole name of a field whose form gave it a prefix."""
        for form in self.forms():
            if form.method == "post" and urlsplit(form.action).path.endswith(action):
                for found in (*form.fields, *form.choices):
                    if found == name or found.endswith(f"-{name}"):
                        return found
        raise SmokeFailed(f"{self.answer.url}: no field {name} in a form that leads to …{action}")

    def forms(self) -> list[PageForm]:
        """Return the forms of the page."""
        reader = _FormReader()
        reader.feed(self.text)
        return reader.forms

    def shows(self, words: str) -> "Browser":
        """Demand that the page says this, tags and line breaks aside."""
        plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.text))
        if words not in plain and words not in self.text:
            raise SmokeFailed(f"{self.answer.url} does not say “{words}”: {plain[:600]}")
        return self

    def _post(self, form: PageForm, values: Mapping[str, str], expect: int) -> "Browser":
        target = urljoin(self.answer.url, form.action or self.answer.url)
        headers = {"Referer": self.answer.url}
        sent = {**form.fields, **values}
        self.answer = self.session.post(target, data=sent, headers=headers, timeout=SECONDS)
        return self._expect(expect)

    def _expect(self, status: int) -> "Browser":
        if self.answer.status_code != status:
            plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.text))
            raise SmokeFailed(
                f"{self.answer.request.method} {self.answer.url}:"
                f" {self.answer.status_code} instead of {status}: {plain[:600]}"
            )
        return self
