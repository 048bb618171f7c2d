-- A tender gets into the index again, if it still is what was read.
--
-- KEYS  1 tender  2 log of the index of words  3 numbers
-- ARGV  1 id  2 revision that was read  3 deadline, price and words
--
-- Returns {its number in the index, bytes of the log}; {'CHANGED'}, or
-- {'GONE'}.

local read = call('HMGET', KEYS[1], 'head', 'own')

if not read[1] or not read[2] then
    return {'GONE'}
end

local rev, modified, status, number =
    string.match(read[1], '^(%d+) (%d+) (%S+) (%S+)$')

if rev ~= ARGV[2] then
    return {'CHANGED'}
end

local created = string.match(read[2], '^(%d+) ')
local place = string.match(read[2], '^%d+ %S+ %d+ %d+ %d+ %S* (%d+)$')

-- one from before there was an index gets its number now

if not place then
    local own, token =
        string.match(read[2], '^(%d+ %S+ %d+ %d+ %d+) ?(%S*)')

    place = text(call('HINCRBY', KEYS[3], '#', 1))
    call('HSET', KEYS[1], 'own', own .. ' ' .. token .. ' ' .. place)
end

local size = call('APPEND', KEYS[2], place .. ' ' .. ARGV[1] .. ' ' .. created
                  .. ' ' .. modified .. ' ' .. status .. ' ' .. number .. ' '
                  .. ARGV[3])

return {place, text(size)}
