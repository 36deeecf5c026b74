"""A headless browser for tests of pages: opens files, counts what they ask of a network, and collects complaints."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains

_ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")


class Browser:
    """Debian's chromium, driven by its own chromedriver."""

    def __init__(self) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = str(shutil.which("chromium"))
        for argument in (*_ARGUMENTS, "--lang=en-GB", "--window-size=1280,720"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))

    def open(self, page: Path, fragment: str = "") -> None:
        """Open a page, anew, and wait until it says that it is ready; `fragment` is what its address has behind #."""
        self.driver.get("about:blank")
        self.driver.get(f"{page.as_uri()}#{fragment}")
        self.wait(lambda: self.run("return Boolean(window.smearbench && smearbench.ready)"))

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page and return its answer."""
        return self.driver.execute_script(script, *arguments)

    def state(self, name: str) -> Any:
        """Return a part of the page's state."""
        return self.run("return smearbench.state.get()[arguments[0]]", name)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        actions = ActionChains(self.driver, duration=0)
        for key in keys:
            actions.send_keys(key)
        actions.perform()

    def wait(self, holds: Callable[[], Any], seconds: float = 20.0) -> None:
        """Wait until something holds."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "the page did not get there in time"
            time.sleep(0.02)

    def resize(self, width: int, height: int) -> None:
        """Make the page's window as large as a device's."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def prefer(self, **features: str) -> None:
        """Set what the user prefers, as `prefers_reduced_motion="reduce"`."""
        values = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": values})

    def list_requests(self) -> list[str]:
        """Return the addresses that were asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]

    def list_complaints(self) -> list[str]:
        """Return what the browser's console complained of since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def quit(self) -> None:
        """End the browser."""
        self.driver.quit()
