-- What entries of the log say goes to columns, some of it at a time.  Whoever
-- reads a column lays the log over it, so this may come early, and twice.
--
-- KEYS  1 manifest  2 lock  3 to 8 columns
-- ARGV  1 lock's value  2 milliseconds that it is held on  3 generation
--       4 then, three for each piece of a column: which, where, bytes
--
-- Returns 1; 0 if the lock is another's, or the index is another one.

local manifest = call('GETRANGE', KEYS[1], '0', '31')

if call('GET', KEYS[2]) ~= ARGV[1]
   or (string.match(manifest, '^%d+') or '0') ~= ARGV[3]
then
    return 0
end

-- columns without a manifest tell that it was lost

if manifest == '' then
    if call('EXISTS', KEYS[3]) == 1 then
        return 0
    end

    call('SET', KEYS[1], '0 0 1\n')
end

for i = 4, #ARGV, 3 do
    call('SETRANGE', KEYS[ARGV[i] + 2], ARGV[i + 1], ARGV[i + 2])
end

call('PEXPIRE', KEYS[2], ARGV[2])

return 1
