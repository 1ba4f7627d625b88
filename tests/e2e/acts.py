"""What an analyst does with a mouse and a keyboard where plain clicks on buttons are not enough."""

from playwright.sync_api import Page, expect

from tests.e2e.running_app import key, settled

HEADER_PX, ROW_PX = 36, 68  # of the table of pairs
TEXT_X_PX, START_X_PX, PLAY_X_PX = 400, 180, 20  # its columns


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


def click_pair(page: Page, row: int, x_px: int = PLAY_X_PX) -> None:
    """Click a cell of the table of pairs; the play button shows the row beside the table."""
    table = key(page, "align_box").get_by_test_id("stDataFrame")
    table.click(position={"x": x_px, "y": HEADER_PX + ROW_PX * row + ROW_PX // 2})


def write_text_of_pair(page: Page, row: int, text: str, x_px: int = TEXT_X_PX) -> None:
    """Write into a cell of the table, by default its text."""
    type_into_pair(page, row, text, x_px)
    page.keyboard.press("Enter")


def type_into_pair(page: Page, row: int, text: str, x_px: int = TEXT_X_PX) -> None:
    """Type into the table, which is a picture to the browser: only the cell that is edited is an element."""
    field = page.locator("#portal textarea, #portal input").first
    for _ in range(5):  # a click is lost while the table is mounted anew
        click_pair(page, row, x_px)
        page.wait_for_timeout(100)
        if not field.is_visible():  # a click on the cell that is selected already opens it
            page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        if field.is_visible():
            break
    field.fill(text)


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


def click_stretch(page: Page, number: int) -> None:
    """Click a stretch of the ribbons, counted by cluster, the first video first."""
    chart = page.locator('[class*="st-key-clusters_ribbon"]').first
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(1500)  # a click before the chart is mounted is lost
    chart.locator(".barlayer .point path").nth(number).click(force=True)  # plotly's own layer lies above


def draw_loop_on_map(page: Page) -> None:
    """Draw a loop round the right half of the map."""
    chart = key(page, "clusters_map").get_by_test_id("stPlotlyChart")
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    area = chart.locator(".nsewdrag").first.bounding_box()
    assert area is not None
    left, right = area["x"] + area["width"] * 0.45, area["x"] + area["width"] - 3
    top, bottom = area["y"] + 3, area["y"] + area["height"] - 3
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(x, y, steps=8)
    page.mouse.up()
