-- A piece of a new segment.
--
-- KEYS  1 lock  2 a part of the segment
-- ARGV  1 lock's value  2 milliseconds that it is held on
--       3 bytes of the part that are there  4 those that follow
--       5 milliseconds that it stays, unless it gets its place
--
-- Returns 1; 0 if the lock is another's, or what was there is gone.

if call('GET', KEYS[1]) ~= ARGV[1] then
    return 0
end

if ARGV[3] == '0' then
    call('SET', KEYS[2], ARGV[4], 'PX', ARGV[5])

elseif call('STRLEN', KEYS[2]) == tonumber(ARGV[3]) then
    call('APPEND', KEYS[2], ARGV[4])

else
    return 0
end

call('PEXPIRE', KEYS[1], ARGV[2])

return 1
