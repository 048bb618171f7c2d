-- A try that counts no more: the secret was right, then none of its tries
-- does; or nobody has looked at it.
--
-- KEYS  1 what was tried  2 the network it came from
-- ARGV  1 1: it was right
--
-- Returns 1.

for i = 1, 2 do
    if i == 1 and ARGV[1] == '1' then
        call('DEL', KEYS[1])

    elseif tonumber(call('GET', KEYS[i]) or 0) > 0 then
        call('DECR', KEYS[i])
    end
end

return 1
