-- What is new in the index of a bucket.
--
-- KEYS  1 manifest  2 log
-- ARGV  1 generation that is known, or '-'  2 bytes of its log that are known
--
-- Returns {what the log says since}, or, of another generation or of a log
-- that has become shorter, {all of the log, manifest}.

local generation = string.match(call('GETRANGE', KEYS[1], '0', '31'),
                                '^%d+') or '0'

if generation == ARGV[1] then
    if tonumber(ARGV[2]) <= call('STRLEN', KEYS[2]) then
        return {call('GETRANGE', KEYS[2], ARGV[2], '-1')}
    end
end

return {call('GETRANGE', KEYS[2], '0', '-1'), call('GET', KEYS[1]) or ''}
