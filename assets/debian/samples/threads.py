#!/usr/bin/python3
"""python3 threads.py: threads that share a queue, a child process, and JSON."""
import json
import queue
import subprocess
import threading

jobs, results = queue.Queue(), {}


def work(lock):
    while (n := jobs.get()) is not None:
        with lock:
            results[n] = sum(d for d in range(1, n) if n % d == 0)


lock = threading.Lock()
threads = [threading.Thread(target=work, args=(lock,)) for _ in range(4)]
for t in threads:
    t.start()
for n in (6, 28, 100, 496):
    jobs.put(n)
for _ in threads:
    jobs.put(None)
for t in threads:
    t.join()
print("perfect:", [n for n, s in sorted(results.items()) if n == s])
print(json.dumps(results, sort_keys=True))
print(subprocess.run(["uname", "-s"], capture_output=True, text=True).stdout.strip())
