# python3: the language and its library
cat >t.py <<'E'
import base64, bisect, bz2, collections, contextlib, copy, csv, dataclasses, datetime, decimal, enum, fractions, functools, gzip, hashlib, heapq, io, itertools, json, locale, lzma, math, operator, os, pathlib, pickle, platform, random, re, shutil, statistics, string, struct, sys, tarfile, tempfile, textwrap, time, tomllib, traceback, typing, unicodedata, urllib.parse, uuid, xml.etree.ElementTree as ET, zipfile, zlib, configparser, argparse, logging, array, ctypes, ast, dis, types, weakref, gc, glob, fnmatch, stat, errno, shlex, difflib, pprint, html, hmac, secrets, string, colorsys, calendar, sched, inspect
print(sys.version_info[:2], 2**200, 7 // -2, -7 % 3, 1/3, round(2.5), 0.1 + 0.2, complex(1, 2) ** 2, math.factorial(20), math.isqrt(10**20))
print(json.dumps({"b": [1, 2.5, None, True], "a": {"x": "é\n"}}, sort_keys=True, indent=1), json.loads('[1e3, "\\u00e9"]'))
print(sorted({"b": 1, "a": 2}), {x * x for x in range(4)} == {0, 1, 4, 9}, [*range(3), *"ab"], dict(zip("ab", (1, 2))), f"{3.14159:.2f} {255:#x} {'x':>5} {1e10:,.0f} {'q'!r}")
match {"kind": "point", "at": (1, 2)}:
    case {"kind": "point", "at": (x, y)}: print("point", x, y)
def gen():
    got = yield 1
    print("got", got); yield from (2, 3)
g = gen(); print(next(g), g.send("sent"), list(g))
@dataclasses.dataclass(order=True)
class P:
    x: int
    y: float = 1.5
print(P(1) < P(2), P(3), dataclasses.asdict(P(4)))
class Color(enum.Enum): RED = 1
print(Color.RED, Color(1).name, functools.reduce(operator.mul, range(1, 8)), list(itertools.permutations("abc", 2))[:3], collections.Counter("mississippi").most_common(2), heapq.nsmallest(2, [3, 1, 2]), bisect.bisect([1, 3, 5], 3))
try: [][1]
except IndexError as e: print(type(e).__name__, e, "".join(traceback.format_exception_only(e)).strip())
try: raise ExceptionGroup("eg", [ValueError(1), TypeError(2)])
except* ValueError as eg: print("caught", eg.exceptions)
except* TypeError as eg: print("and", eg.exceptions)
print(hashlib.sha256(b"x").hexdigest()[:16], hashlib.md5(b"x").hexdigest()[:8], hashlib.blake2b(b"x").hexdigest()[:8], zlib.crc32(b"x"), base64.b64encode(b"hello"), hmac.new(b"k", b"m", "sha1").hexdigest()[:8])
for m in (gzip, bz2, lzma, zlib): assert m.decompress(m.compress(b"data" * 1000)) == b"data" * 1000
random.seed(42); print(random.random(), random.sample(range(100), 5), statistics.mean([1, 2, 4]), decimal.Decimal("1.1") / 3, fractions.Fraction(3, 4) + 1)
print(datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc).isoformat(), datetime.date(2000, 1, 1) + datetime.timedelta(days=400), time.strftime("%F", time.gmtime(0)), calendar.isleap(2000))
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), re.findall(r"\d+", "a1b22"), struct.pack("<IhB", 1, -2, 3), struct.unpack(">f", b"\x40\x49\x0f\xdb"), string.Template("$a").substitute(a=1), textwrap.fill("word " * 8, 20), shlex.split("a 'b c'"), urllib.parse.urlparse("http://h/p?q=1").query)
with tempfile.TemporaryDirectory() as d:
    p = pathlib.Path(d) / "sub"; p.mkdir(); (p / "f.txt").write_text("line\n" * 3); print((p / "f.txt").stat().st_size, [q.name for q in p.iterdir()], os.path.exists(d))
    with zipfile.ZipFile(d + "/z.zip", "w", zipfile.ZIP_DEFLATED) as z: z.writestr("a", "b" * 1000)
    print(zipfile.ZipFile(d + "/z.zip").read("a")[:3], shutil.disk_usage(d).total > 0); shutil.copytree(p, d + "/copy"); os.symlink("f.txt", p / "l"); print(os.readlink(p / "l"), sorted(os.listdir(d)))
    with open(d + "/c.csv", "w") as f: csv.writer(f).writerows([["a", "b,c"], [1, 'q"']])
    print(open(d + "/c.csv").read().encode()); print(pickle.loads(pickle.dumps({"x": [P(1)]})), copy.deepcopy([[1]]))
print(os.path.exists(d), ET.fromstring("<a b='1'><c>t</c></a>").find("c").text, tomllib.loads("a = [1, 2]"), ast.literal_eval("{'a': (1, 2)}"), unicodedata.name("é"), html.escape("<&>"), platform.system(), uuid.uuid5(uuid.NAMESPACE_DNS, "x"), pprint.pformat({"k": 1}))
libc = ctypes.CDLL(None); print(libc.abs(-5), ctypes.sizeof(ctypes.c_long), ctypes.string_at(b"abc", 2)); print(array.array("i", [1, 2]).tobytes(), sys.getsizeof(0) > 0, sys.byteorder, sys.stdout.encoding, sys.getfilesystemencoding(), os.getcwd() != "", os.environ["HOME"], os.uname().sysname, os.getuid())
s = 0
for i in range(20000): s = (s * 31 + i) % 1000007
print(s, gc.collect() >= 0, [len(x) for x in difflib.unified_diff(["a\n"], ["b\n"])]); logging.basicConfig(format="%(levelname)s:%(message)s", stream=sys.stdout); logging.warning("logged"); a = argparse.ArgumentParser(prog="p"); a.add_argument("-n", type=int, default=3); print(a.parse_args(["-n", "5"])); exec("z = 5"); print(eval("z + 1"), (lambda *a, **k: (a, k))(1, b=2), inspect.signature(gen)); assert not sys.flags.optimize; sys.exit(7)
E
python3 t.py; echo $?; python3 -c 'print(*__import__("sys").argv)' a b; echo 'print("stdin")' | python3; python3 -m json.tool <<<'{"a":1}'; python3 -c '1/0'; echo $?; python3 -c 'def'; echo $?; python3 nothing.py; echo $?; printf '#!/usr/bin/python3\nprint("script")\n' >s; chmod +x s; ./s; python3 -c 'import os; os.abort()'; echo $?
