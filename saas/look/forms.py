"""One markup for every form, ours and the sign-in's: labels, hints, errors, and what ties them."""

from typing import Any

from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    Field,
    RadioSelect,
    Select,
    Widget,
)
from django.forms.renderers import TemplatesSetting


class LabelledField(BoundField):
    """A field whose widget carries the class of its kind and says when it is wrong.

    Placeholders are left out: they vanish as one types, so words belong into the label or the hint.
    """

    def __init__(self, form: BaseForm, field: Field, name: str) -> None:
        super().__init__(form, field, name)
        self.help_text = str(self.help_text).strip()  # a lazy hint may turn out empty

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: Widget | None = None
    ) -> dict[str, Any]:
        """Add the look's class to what Django derives (``required``, ``aria-*``)."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return attrs
        classes = [widget.attrs.get("class", ""), attrs.get("class", ""), class_of(widget)]
        if self.errors:
            classes.append("is-invalid")
        attrs["class"] = " ".join(name for name in classes if name)
        attrs["placeholder"] = False
        return attrs

    @property
    def is_check(self) -> bool:
        """Whether this is one box to tick, whose label stands behind it."""
        return isinstance(self.field.widget, CheckboxInput)

    @property
    def is_choice(self) -> bool:
        """Whether this is a group of boxes or circles, named by a legend."""
        return isinstance(self.field.widget, RadioSelect)


class TablerRenderer(TemplatesSetting):
    """Renders forms with ``templates/forms/``; set as ``FORM_RENDERER``."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = LabelledField


def class_of(widget: Widget) -> str:
    """Return the style sheet's class for a kind of widget."""
    if isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, Select):
        return "form-select"
    return "form-control"
