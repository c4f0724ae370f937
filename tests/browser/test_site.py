"""The site of the documentation: built without a warning, and read by everybody."""

import subprocess
import sys

import pytest

from course.paths import HERE

MISSING = "run `make test`, which installs Sphinx and axe"
pytest.importorskip("sphinx", reason=MISSING)
Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason=MISSING).Axe
expect = pytest.importorskip("playwright.sync_api", reason=MISSING).expect

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 420, "height": 900}
LOOKS = (("light", WIDE), ("dark", NARROW))
# axe takes long for the contrast of much text, and a page takes long to open. So where text comes
# in one form, a page's first section stands for all; a folder's first page is looked at in every
# way, and its others together, as one long page on a telephone.
SECTIONS_OF_ONE_FORM = ("docs/mutants.html", "docs/results.html")
PAGES_OF_ONE_FORM = ("docs/adr/0", "docs/students/helpers/")
# The site's own script waits for "load", and has the new boxes to look after.
APPEND = """html => {
  const other = new DOMParser().parseFromString(html, "text/html");
  document.querySelector("article").append(...other.querySelector("article").children);
  dispatchEvent(new Event("load"));
}"""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Build the site as `make docs` does: a warning is an error, a broken link a warning."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "docs", "."]
    done = subprocess.run(
        [*command, folder, "-d", tmp_path_factory.mktemp("doctrees")],
        cwd=HERE,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def page(browser):
    """Open a window whose every request to another place than the disk is refused and noted."""
    page = browser.new_page(viewport=WIDE)
    page.asked = []
    page.route(lambda url: not url.startswith("file:"), lambda route: note(page, route))
    yield page
    page.close()


def note(page, route):
    page.asked.append(route.request.url)
    route.abort()


def open_page(page, site, name, scheme="light", size=WIDE):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    page.goto((site / name).as_uri())


def problems(page, name, contrast):
    """Return what axe finds on the page, and how far it is wider than the window."""
    # The contents are the same beside every page: once is enough.
    context = {"exclude": [] if name == "docs/index.html" else [[".sidebar-tree"]]}
    rules = {"color-contrast": {"enabled": contrast}}
    options = {"resultTypes": ["violations"], "rules": rules}
    found = page.evaluate("([context, options]) => axe.run(context, options)", [context, options])
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    told = [f"{one['id']}: {one['nodes'][0]['target']}" for one in found["violations"]]
    return told + ([f"{wide} pixels too wide"] if wide > 0 else [])


def looked_at_together(names):
    """Return lists of pages: those of one form but for the first of them, and each other alone."""
    groups = {}
    for name in names:
        form = next((form for form in PAGES_OF_ONE_FORM if name.startswith(form)), name)
        groups.setdefault(f"others of {form}" if form in groups else form, []).append(name)
    return list(groups.values())


def test_it_is_built_without_a_warning(site):
    assert (site / "docs/index.html").exists()


def test_every_page_is_accessible_light_and_dark_wide_and_narrow(page, site):
    names = {path.relative_to(site).as_posix() for path in site.rglob("*.html")} - {"index.html"}
    assert {"README.html", "CONTRIBUTING.html", "docs/students/helpers/check.html"} <= names
    found = {}
    for name, *others in looked_at_together(sorted(names)):
        open_page(page, site, name)
        for other in others:
            page.evaluate(APPEND, (site / other).read_text(encoding="utf-8"))
        if name in SECTIONS_OF_ONE_FORM:
            page.locator("section ~ section").evaluate_all("found => found.map(s => s.remove())")
        page.evaluate(Axe().axe_script)
        for scheme, size in LOOKS[bool(others) :]:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
            if told := problems(page, name, contrast=not others):
                found[f"{name}, {scheme}, {size['width']}"] = told
    assert found == {}
    assert page.asked == []


def test_the_address_of_the_site_leads_to_its_first_page(page, site):
    open_page(page, site, "index.html")
    page.wait_for_url("**/docs/index.html")
    expect(page.locator("h1")).to_contain_text("Neural networks from scratch")


def test_the_first_key_skips_the_contents(page, site):
    open_page(page, site, "docs/index.html")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text("Skip to content")
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    link = page.locator("article a:focus")
    expect(link).to_have_text("set the workbook up")
    assert link.evaluate("link => getComputedStyle(link).outlineStyle") != "none"


def test_keys_scroll_what_is_too_wide_for_a_telephone(page, site):
    open_page(page, site, "docs/authors/derived-files.html", size=NARROW)
    table = page.locator(".table-wrapper").first
    expect(table).to_have_attribute("tabindex", "0")
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.table-wrapper').scrollLeft > 0")


def test_search_needs_no_server(page, site):
    open_page(page, site, "docs/index.html")
    page.locator(".sidebar-search").fill("vectorised")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results li a").first).to_be_visible()
    assert page.asked == []
