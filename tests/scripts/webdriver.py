"""A headless Chromium, driven through chromedriver by the few parts of the WebDriver protocol that a page's test needs.

W3C: WebDriver, https://www.w3.org/TR/webdriver2/. The log and the commands of the DevTools are chromedriver's own.
"""

import base64
import http.client
import json
import shutil
import subprocess
import time

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the name that the standard gives to a reference


def programs():
    """The paths of chromium and chromedriver, None for what is not installed."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return chromium, shutil.which("chromedriver")


class Browser:
    """One window. `profile` is a new, empty folder."""

    def __init__(self, profile):
        chromium, driver = programs()
        self.process = subprocess.Popen(
            [driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        lines = iter(self.process.stdout.readline, "")
        self.port = next(int(line.rstrip(".\n").split()[-1]) for line in lines if "successfully on port" in line)
        options = {"binary": chromium, "args": [*FLAGS, f"--user-data-dir={profile}"]}
        capabilities = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self.path = ""
        self.path = "/session/" + self.ask("POST", "/session", capabilities={"alwaysMatch": capabilities})["sessionId"]
        self.open("about:blank")  # instead of Chromium's own first page

    def close(self):
        try:
            self.ask("DELETE", "")
        finally:
            self.process.terminate()
            self.process.wait(10)
            self.process.stdout.close()

    def ask(self, method, command, **arguments):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            body = json.dumps(arguments) if method == "POST" else None
            connection.request(method, self.path + command, body, {"Content-Type": "application/json"})
            value = json.load(connection.getresponse())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{command}: {value['error']}: {value['message']}")
        return value

    def open(self, url):
        self.ask("POST", "/url", url=url)

    def run(self, script, *arguments):
        """What the body of a function in JavaScript returns."""
        return self.ask("POST", "/execute/sync", script=script, args=arguments)

    def find(self, selector):
        return self.ask("POST", "/element", using="css selector", value=selector)[ELEMENT]

    def click(self, selector):
        self.ask("POST", f"/element/{self.find(selector)}/click")

    def press(self, *keys):
        """Press and release keys, by the standard's code points for those without a character."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.ask("POST", "/actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def stroke(self, points, kind="mouse"):
        """Draw with a pointer through points of the window."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 10} for x, y in points]
        actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        source = {"type": "pointer", "id": kind, "parameters": {"pointerType": kind}, "actions": actions}
        self.ask("POST", "/actions", actions=[source])

    def wait_for(self, script, *arguments):
        """The first truthy value that the script returns, within ten seconds."""
        deadline = time.monotonic() + 10
        while not (value := self.run(script, *arguments)):
            assert time.monotonic() < deadline, f"still not: {script}"
            time.sleep(0.02)
        return value

    def log(self, kind="browser"):
        """What has been logged since the last call."""
        return self.ask("POST", "/se/log", type=kind)

    def requests(self):
        """The addresses that were asked for since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def emulate(self, command, **parameters):
        """A command of the DevTools' domain Emulation."""
        self.ask("POST", "/goog/cdp/execute", cmd=f"Emulation.{command}", params=parameters)

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.ask("GET", "/screenshot")))
