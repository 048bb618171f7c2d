-- A lock is held on, or given back.
--
-- KEYS  1 lock
-- ARGV  1 its value  2 milliseconds, 0: it is given back
--
-- Returns 1; 0 if it is another's.

if call('GET', KEYS[1]) ~= ARGV[1] then
    return 0
end

call('PEXPIRE', KEYS[1], ARGV[2])

return 1
