"""Starting and stopping the node of the tests, apart from the node itself."""

import subprocess
import sys

from tools.opensearch import node


def test_an_ended_process_that_nobody_waited_for_is_over():
    """Another worker may have started the node, and it waits for it only at its own end."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])  # noqa: S603 - this interpreter
    process.kill()
    node.stop(process.pid)
    assert process.wait() != 0
