-- The id of a segment that will be made: no other one ever had it.
--
-- KEYS  1 lock  2 numbers
-- ARGV  1 lock's value  2 milliseconds that it is held on
--       3 the least that it may be
--
-- Returns the id, or '' if the lock is another's.

if call('GET', KEYS[1]) ~= ARGV[1] then
    return ''
end

local id = math.max(tonumber(ARGV[3]),
                    (call('HGET', KEYS[2], '#segment') or 0) + 1)

call('HSET', KEYS[2], '#segment', text(id))
call('PEXPIRE', KEYS[1], ARGV[2])

return text(id)
