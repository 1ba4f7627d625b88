"""What an analyst does with a mouse and a keyboard where plain clicks on buttons are not enough."""

from playwright.sync_api import Page, expect

from tests.e2e.running_app import key, settled

TEXT_X_PX, FIRST_ROW_Y_PX = 260, 75  # in the table of pairs: header 36, rows 76


def press(page: Page, name: str) -> None:
    """Click the button with this key."""
    key(page, name).get_by_role("button").first.click()


def choose(page: Page, name: str, option: str) -> None:
    """Click the option of the segmented control with this key."""
    key(page, name).get_by_role("radio", name=option).first.click()
    settled(page)


def go_on(page: Page) -> None:
    """Follow the link that leads to the next step."""
    key(page, "next").get_by_role("link").click()
    settled(page)


def write_text_of_first_pair(page: Page, text: str) -> None:
    """Type into the table, which is a picture to the browser: only the cell that is edited is an element."""
    table = page.get_by_test_id("stDataFrame")
    table.locator("canvas").first.wait_for()
    page.wait_for_timeout(1000)  # the columns get their widths after the first drawing
    table.click(position={"x": TEXT_X_PX, "y": FIRST_ROW_Y_PX})
    page.keyboard.press("Enter")
    field = page.locator("#portal textarea")
    field.fill(text)
    field.press("Enter")


def select_on_map(page: Page) -> None:
    """Draw a box round the left half of the map, and wait for the frames."""
    chart = key(page, "clusters_map").get_by_test_id("stPlotlyChart")
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(2500)  # a drag before the chart is mounted is lost
    chart.hover()
    chart.locator('[data-title="Box Select"]').click()
    area = chart.locator(".nsewdrag").bounding_box()
    assert area is not None
    x, y, width, height = area["x"], area["y"], area["width"], area["height"]
    page.mouse.move(x + 3, y + 3)
    page.mouse.down()
    page.mouse.move(x + width * 0.3, y + height * 0.5, steps=5)
    page.mouse.move(x + width * 0.5, y + height - 3, steps=5)
    page.mouse.up()
    expect(page.get_by_text("selected", exact=False).first).to_contain_text("pairs selected")
