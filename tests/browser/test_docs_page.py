"""The API document's page in a real browser."""

import asyncio
import shutil
from collections.abc import AsyncGenerator

import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from shuke import app
from shuke.kit.db import Pool
from shuke.kit.serving import Server, listen
from shuke.kit.settings import Settings
from tests.browser.test_cashier_page import FLAGS


@pytest_asyncio.fixture
async def page(installation: Settings, pool: Pool) -> AsyncGenerator[Page]:
    server = Server(app.create(installation, pool), listen("127.0.0.1", installation.port))
    serving = asyncio.create_task(server.serve())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = await browser.new_page()
        await page.goto(f"{installation.origin}/docs")
        yield page
        await browser.close()
    server.stop()
    await serving


async def test_what_opens_an_answer_holds_no_link_and_the_answers_type_is_a_link_below_it(page: Page) -> None:
    found = page.locator("#get_order details", has_text="OrderWithParcels")
    await expect(found).to_have_count(1)

    await found.locator("summary").click()
    await found.get_by_role("link", name="OrderWithParcels").click()

    await expect(page.locator("#type-OrderWithParcels")).to_be_in_viewport()
    assert await page.locator("summary a").count() == 0
    await expect(page.get_by_role("heading", level=1)).to_have_count(1)
