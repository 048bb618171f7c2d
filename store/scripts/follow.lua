-- What is new in the index of a bucket.
--
-- KEYS  1 manifest  2 log  3 column of ids  4 numbers
-- ARGV  1 generation that is known, or '-'  2 bytes of its log that are known
--       3 where the last entry of these begins  4 how it does; '' without one
--
-- Returns {mixed, what the log says since}; of another generation, or of a
-- log that is another one, {mixed, all of the log, manifest}; '-' is one that
-- was lost.  mixed: '1' if numbers are not in the order of publication.

local mixed = call('HGET', KEYS[4], '#mixed') or '0'
local generation = string.match(call('GETRANGE', KEYS[1], '0', '31'),
                                '^%d+') or '0'

-- a log that was lost, and has grown again, has another entry there

if generation == ARGV[1]
   and tonumber(ARGV[2]) <= call('STRLEN', KEYS[2])
   and (ARGV[4] == '' or call('GETRANGE', KEYS[2], ARGV[3],
                              text(ARGV[3] + #ARGV[4] - 1)) == ARGV[4])
then
    return {mixed, call('GETRANGE', KEYS[2], ARGV[2], '-1')}
end

-- columns come with the first manifest

return {mixed, call('GETRANGE', KEYS[2], '0', '-1'),
        call('GET', KEYS[1])
        or call('EXISTS', KEYS[3]) == 1 and '-' or ''}
