"""Starts the chat, the server or the evals page, and sends the requests of the command line, a JSON list each."""

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request


def main() -> None:
    """Prints one line for each request: its status, and how its body begins."""
    service, store, *requests = sys.argv[1:]
    program = ["evals.cli", "serve"] if service == "evals" else ["app.cli", service]
    command = [sys.executable, "-m", *program, "--store", store, "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        address = _address(server)
        for request in requests:
            method, path, body = json.loads(request)
            status, answer = _send(address, method, path, body)
            if method == "POST" and status == 200 and "event_id" in answer:
                # Gradio answers a call with the id of an event, which is then waited for.
                status, answer = _send(address, "GET", f"{path}/{json.loads(answer)['event_id']}", None)
            sys.stdout.write(f"{status} {' '.join(answer.split())[:4000]}\n")
        # Waits for usage reports, which would be sent in batches some seconds later.
        time.sleep(5)
    finally:
        server.terminate()
        server.wait(120)


def _address(server: "subprocess.Popen[str]") -> str:
    for line in server.stdout or ():
        if found := re.search(r"http://[\d.:]+", line):
            return found[0]
    raise SystemExit("it did not start")


def _send(address: str, method: str, path: str, body: object) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Origin": address}
    request = urllib.request.Request(f"{address}{path}", data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(errors="replace")


main()
