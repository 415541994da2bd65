-- lua primes.lua [N]: the primes up to N, by Eratosthenes.
local n = tonumber(arg[1]) or 100
local composite, out = {}, {}
for i = 2, n do
  if not composite[i] then
    out[#out + 1] = i
    for j = i * i, n, i do composite[j] = true end
  end
end
print(table.concat(out, " "))
