"""Long lists and long choices: drawn in one go, and no different from what the libraries draw."""

from uuid import UUID

import pytest
from django import forms
from django.template import Context, Template
from django.urls import reverse
from pytest_django.asserts import assertHTMLEqual

from standards.models import CodeItem
from tests.pages.visiting import visitor
from web.addresses import row_address
from web.paging import KeysFirst
from web.widgets import LongSelect, option_box

LISTS = {
    "county_regulator": [
        "/projects/",
        "/people/?sort=name",
        "/attendance/days/",
        "/attendance/punches/",
        "/enterprises/",
        "/gaps/?all=1",
        "/notices/",
    ],
    "platform_administrator": ["/accounts/", "/devices/", "/trail/"],
}
AS_THE_LIBRARY_DRAWS = Template(
    "{% for row in table.paginated_rows %}<tr>{% for column, cell in row.items %}"
    '<td{% if column.attrs.td.class %} class="{{ column.attrs.td.class }}"{% endif %}>{{ cell }}</td>'
    "{% endfor %}</tr>{% endfor %}"
)


@pytest.mark.parametrize(("role", "address"), [(role, one) for role in LISTS for one in LISTS[role]])
def test_cells_are_drawn_as_the_library_draws_them(world, role, address):
    table = visitor(world.wuchang, role).get(address).context["table"]
    drawn = "".join(f"<tr>{row}</tr>" for row in table.paper_rows)
    assert drawn == AS_THE_LIBRARY_DRAWS.render(Context({"table": table}))


def test_pages_found_by_their_keys_hold_every_row_once_and_in_order(world):
    rows = CodeItem.objects.order_by("name", "pk")
    pages = KeysFirst(rows, 100)
    assert pages.count > 200
    assert [row for page in pages for row in page] == list(rows)


@pytest.mark.parametrize(("route", "before"), [("person", ()), ("project", ()), ("punch", ("2026-11-22",))])
def test_an_address_of_a_row_is_what_its_route_says(route, before):
    key = UUID("019b76da-a800-7c31-aa3b-a5da3a66d587")
    for _time in range(2):
        assert row_address(route, key, *before) == reverse(route, args=[*before, key])


CHOICES = [("", "请选择"), ("a", "张<三>"), ("b", "李四")]


@pytest.mark.parametrize("value", [None, "", "b"])
def test_a_long_drop_down_is_the_usual_one(value):
    attrs = {"id": "id_who", "required": True, "aria-describedby": "help"}
    drawn = LongSelect(choices=CHOICES).render("who", value, attrs)
    assertHTMLEqual(drawn, forms.Select(choices=CHOICES).render("who", value, attrs))


def test_a_box_among_many_is_the_usual_one():
    class Choice(forms.Form):
        who = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, choices=CHOICES[1:])

    for box in Choice({"who": ["b"]})["who"]:
        label = "张&lt;三&gt;" if box.choice_label == "张<三>" else box.choice_label
        usual = f'<label class="option" for="{box.id_for_label}">{box.tag()}<span>{label}</span></label>'
        assertHTMLEqual(option_box(box), usual)
