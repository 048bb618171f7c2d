-- A secret is about to be tried: the try is counted first, so that any
-- number of them at once are counted.
--
-- KEYS  1 what is tried  2 the network it comes from
-- ARGV  1, 2 how many are allowed  3 in how many milliseconds
--
-- The network comes first: who has tried too much makes no more counters.
--
-- Returns 0; or after how many milliseconds to come again.

for i = 2, 1, -1 do
    local n = call('INCR', KEYS[i])

    if n == 1 or call('PTTL', KEYS[i]) < 0 then
        call('PEXPIRE', KEYS[i], ARGV[3])
    end

    if n > tonumber(ARGV[i]) then
        return math.max(call('PTTL', KEYS[i]), 1)
    end
end

return 0
