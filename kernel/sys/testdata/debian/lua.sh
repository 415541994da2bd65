# lua5.4
cp /root/samples/primes.lua .; lua primes.lua 100; cat >t.lua <<'E'
print(_VERSION, 7 // 2, 7 / 2, 2^53, 10 % -3, 1 << 40, 0x7fffffffffffffff + 1, 3.0, 1e100, math.pi, math.type(1), math.maxinteger)
local t = setmetatable({}, {__index = function(_, k) return k .. "!" end, __call = function(_, a) return a * 2 end, __tostring = function() return "tbl" end, __len = function() return 42 end})
print(t.x, t(21), tostring(t), #t)
local co = coroutine.wrap(function(a) for i = 1, 3 do a = coroutine.yield(a * i) end return "done" end)
print(co(10), co(20), co(30), co())
print(("hello world"):gsub("o", "0"), ("key=val"):match("(%w+)=(%w+)"), ("%5.2f|%q"):format(3.14159, "a\nb"), ("x"):rep(3, ","), ("abc"):byte(1, -1), utf8.char(233, 8364), #utf8.char(8364), utf8.len("é€"))
local list = {5, 2, 8, 1}; table.sort(list, function(a, b) return a > b end); print(table.concat(list, " "), select("#", table.unpack(list)), next({}))
print(pcall(error, {code = 1}), pcall(function() local x = nil; return x.y end), select(2, xpcall(function() error("msg", 0) end, function(m) return "handled " .. m end)))
local f <close> = setmetatable({}, {__close = function() print("closed") end})
for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do io.write(k, v, " ") end print()
local h = io.open("out", "w"); h:write("line 1\nline 2\n"); h:close(); for l in io.lines("out") do print(l) end
print(io.open("/none"), os.getenv("HOME"), os.time{year=2000, month=1, day=1, hour=0}, os.date("!%F %T", 0), type(os.clock()))
local p = io.popen("echo from popen; exit 3"); print(p:read("a"), p:close()); print(os.execute("exit 5")); print(os.remove("out"), os.rename("x", "y"))
goto skip; print("not printed") ::skip:: print(load("return 1 + ...")(41), collectgarbage("count") > 0, string.pack("<i4", 7):byte(1, 4))
local s = 0; for i = 1, 100000 do s = (s * 31 + i) % 1000007 end print(s); local big = {}; for i = 1, 50000 do big[i] = {i} end big = nil; collectgarbage(); print(require("string") == string, debug.traceback("tb", 1):match("^tb"))
os.exit(7, true)
E
lua t.lua; echo $?; lua -e 'print(...)' ; lua -v; lua -e 'error("x")'; echo $?; echo 'print(arg[0], ...)' >a.lua; lua a.lua one two; luac5.4 -o a.out a.lua; lua a.out three; luac5.4 -l -p a.lua | grep -c GETTABUP; lua -i -e 'x=5' </dev/null | head -n 1; echo 'print(1' | lua -; echo $?; printf '#!/usr/bin/lua\nprint("script", ...)\n' >s; chmod +x s; ./s x
