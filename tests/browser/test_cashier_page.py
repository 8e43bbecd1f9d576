"""The payer's page in a real browser."""

import shutil
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.cashier.till import Shop, Till, a_request, listening_shop, running_till, token, wait_until

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        yield await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Generator[Till]:
    with running_till(tmp_path_factory.mktemp("cashier")) as till:
        yield till


@pytest.fixture
def shop() -> Generator[Shop]:
    with listening_shop() as shop:
        yield shop


async def test_a_payer_pays_on_a_phone_without_any_request_to_another_host(browser: Browser, till: Till, shop: Shop) -> None:
    request = a_request(shop)
    page = await browser.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN")
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)

    await page.goto(f"{till.origin}/pay?request={token(request)}")
    await expect(page.get_by_role("timer")).to_have_text("29:59", timeout=5000)
    await page.get_by_role("button", name="确认支付 ¥128.50").click()
    await page.wait_for_url(request.return_url)

    wait_until(lambda: len(shop.received) == 1, 5, "the notice")
    assert shop.received[0].verified["type"] == "payment.paid"
    assert all(url.startswith((till.origin, shop.origin)) for url in asked)
    assert not faults
    await page.close()


async def test_the_test_bench_works_by_keyboard_in_the_dark_and_in_english(browser: Browser, till: Till, shop: Shop) -> None:
    request = a_request(shop)
    page = await browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="dark")
    await page.goto(f"{till.origin}/pay?request={token(request)}")

    await page.get_by_text("Test bench").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Copies sent at once").fill("3")
    await page.get_by_role("button", name="Let it fail").press("Enter")
    await page.wait_for_url(request.return_url)

    wait_until(lambda: len(shop.received) == 3, 5, "three copies")
    await page.goto(f"{till.origin}/pay?request={token(request)}")
    await expect(page.get_by_role("heading", name="Payment failed")).to_be_visible()
    await page.close()


@pytest.mark.parametrize("width", [320, 390, 1440])
async def test_nothing_is_cut_off_and_every_target_is_large_enough(
    browser: Browser, till: Till, shop: Shop, width: int, tmp_path: Path
) -> None:
    request = a_request(shop, amount=9_999_999_999_999, subject="长" * 200)
    page = await browser.new_page(viewport={"width": width, "height": 844}, locale="en")
    await page.goto(f"{till.origin}/pay?request={token(request)}")
    await page.get_by_text("Test bench").click()

    widest = await page.evaluate("document.documentElement.scrollWidth")
    heights = await page.eval_on_selector_all(
        "button, summary, input[type=number], .leave a", "all => all.map(one => one.getBoundingClientRect().height)"
    )

    assert widest <= width
    assert min(heights) >= 44
    await page.close()


async def test_an_expiring_page_stops_offering_to_pay(browser: Browser, till: Till, shop: Shop) -> None:
    page = await browser.new_page(locale="en")
    await page.clock.install()
    await page.goto(f"{till.origin}/pay?request={token(a_request(shop))}")

    await page.clock.fast_forward("31:00")

    await expect(page.get_by_role("button", name="Pay ¥128.50")).to_be_disabled()
    await expect(page.get_by_role("timer")).to_have_text("Payment expired")
    await page.close()
