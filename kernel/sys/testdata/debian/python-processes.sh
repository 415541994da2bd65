# python3: threads, processes, signals, pipes and time
python3 /root/samples/threads.py; cat >t.py <<'E'
import concurrent.futures, fcntl, mmap, multiprocessing, os, queue, resource, select, selectors, signal, socket, subprocess, sys, tempfile, threading, time, asyncio, pty, pwd, grp, errno
results = []; lock = threading.Lock(); barrier = threading.Barrier(4); local = threading.local()
def work(i):
    local.i = i; barrier.wait()
    for _ in range(500):
        with lock: results.append(local.i)
ts = [threading.Thread(target=work, args=(i,)) for i in range(4)]; [t.start() for t in ts]; [t.join() for t in ts]; print(len(results), sum(results))
c = threading.Condition(); box = []
def consumer():
    with c:
        c.wait_for(lambda: box); print("consumed", box.pop())
t = threading.Thread(target=consumer); t.start(); time.sleep(0.01)
with c: box.append("item"); c.notify()
t.join(); e = threading.Event(); threading.Timer(0.01, e.set).start(); print(e.wait(5), e.is_set()); s = threading.Semaphore(2); print(s.acquire(timeout=0.01), s.acquire(), s.acquire(timeout=0.01)); q = queue.PriorityQueue(); [q.put(x) for x in (3, 1, 2)]; print(q.get(), q.qsize())
with concurrent.futures.ThreadPoolExecutor(3) as ex: print(list(ex.map(lambda x: x * x, range(5))))
print(subprocess.run(["sh", "-c", "cat; echo err >&2; exit 3"], input=b"in", capture_output=True)); print(subprocess.check_output("echo $0 shell", shell=True, text=True)); p = subprocess.Popen(["sleep", "5"]); p.terminate(); print(p.wait())
try: subprocess.run(["sleep", "5"], timeout=0.05)
except subprocess.TimeoutExpired as x: print("timeout", x.cmd)
try: subprocess.run(["/none"])
except FileNotFoundError as x: print(x)
p1 = subprocess.Popen(["seq", "100"], stdout=subprocess.PIPE); p2 = subprocess.run(["wc", "-l"], stdin=p1.stdout, capture_output=True); p1.wait(); print(p2.stdout.split())
def square(x): return x * x
def child(conn, v, l):
    with l: v.value += 1
    conn.send({"pid": os.getpid() != parent}); conn.close(); sys.exit(4)
parent = os.getpid()
if __name__ == "__main__":
    a, b = multiprocessing.Pipe(); v = multiprocessing.Value("i", 41); l = multiprocessing.Lock(); p = multiprocessing.Process(target=child, args=(b, v, l)); p.start(); print(a.recv()); p.join(); print(p.exitcode, v.value)
    with multiprocessing.Pool(2) as pool: print(pool.map(square, range(6)))
    mq = multiprocessing.Queue(); p = multiprocessing.Process(target=mq.put, args=("queued",)); p.start(); print(mq.get()); p.join()
r, w = os.pipe(); pid = os.fork()
if pid == 0:
    os.close(r); os.write(w, b"from child"); os._exit(7)
os.close(w); print(os.read(r, 100), os.read(r, 1), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
signal.signal(signal.SIGALRM, lambda *_: print("alarm")); signal.setitimer(signal.ITIMER_REAL, 0.02); signal.pause(); signal.signal(signal.SIGCHLD, lambda n, f: print("child", n)); os.posix_spawn("/bin/true", ["true"], {}); time.sleep(0.1); os.wait(); signal.signal(signal.SIGCHLD, signal.SIG_DFL)
try:
    signal.signal(signal.SIGINT, signal.default_int_handler); os.kill(os.getpid(), signal.SIGINT); time.sleep(1)
except KeyboardInterrupt: print("interrupted")
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1}); os.kill(os.getpid(), signal.SIGUSR1); print(signal.sigwait({signal.SIGUSR1}), signal.sigpending())
m = mmap.mmap(-1, 8192); m[0:5] = b"hello"
if os.fork() == 0: m[0:5] = b"world"; os._exit(0)
os.wait(); print(m[0:5])
with tempfile.TemporaryFile() as f:
    f.truncate(10000); mm = mmap.mmap(f.fileno(), 0); mm[5000:5003] = b"abc"; mm.flush(); f.seek(5000); print(f.read(3)); fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB); fcntl.lockf(f, fcntl.LOCK_EX); print(fcntl.fcntl(f, fcntl.F_GETFD))
sel = selectors.DefaultSelector(); x, y = socket.socketpair(); sel.register(y, selectors.EVENT_READ, "tag"); print(sel.select(0)); x.send(b"data"); print([k.data for k, _ in sel.select(1)], y.recv(10)); ep = select.epoll(); ep.register(y, select.EPOLLIN); x.close(); print(ep.poll(1)[0][1] & select.EPOLLHUP > 0); print(resource.getrlimit(resource.RLIMIT_CORE)[0] in (0, -1), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0)
async def main():
    async def tick(n, d):
        await asyncio.sleep(d); return n
    print(await asyncio.gather(tick(1, 0.02), tick(2, 0.01))); pr = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1); print(await pr.communicate(b"async")); done = asyncio.Event(); asyncio.get_running_loop().call_later(0.01, done.set); await done.wait()
    try: await asyncio.wait_for(asyncio.sleep(5), 0.01)
    except TimeoutError: print("timed out")
    async with asyncio.TaskGroup() as tg: a, b = tg.create_task(tick("a", 0)), tg.create_task(tick("b", 0))
    print(a.result(), b.result())
asyncio.run(main()); master, slave = pty.openpty(); os.write(slave, b"to pty\n"); print(os.read(master, 100), os.isatty(slave)); print(pwd.getpwuid(0).pw_shell, grp.getgrgid(5).gr_name)
try: os.open("/none", os.O_RDONLY)
except OSError as x: print(x.errno == errno.ENOENT, x)
t0 = time.monotonic(); time.sleep(0.05); print(0.05 <= time.monotonic() - t0 < 5, time.time_ns() > 0); threading.Thread(target=lambda: time.sleep(0.02), daemon=True).start(); os._exit(9) if len(sys.argv) > 1 else None
E
python3 t.py; echo $?; python3 t.py x | tail -n 1; echo ${PIPESTATUS[0]}; python3 -c 'import threading, sys; sys.setrecursionlimit(100)
def f(): f()
try: f()
except RecursionError as e: print(e)'; python3 -X faulthandler -c 'import ctypes; ctypes.string_at(0)' 2>&1 | head -n 1
