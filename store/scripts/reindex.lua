-- Tenders get into the index again, those that still are what was read.
--
-- KEYS  1 log of the index of words  2 numbers
--       3 numbers that this rebuild has met, a bit each  4 then, the tenders
-- ARGV  1 the highest number that may be
--       2 then, for each tender: id, revision that was read, deadline, price
--       and words
--
-- Returns {bytes of the log, then for each tender: its number in the index,
-- 'CHANGED', 'GONE' or 'BAD'}.  One that was met is not written again.

local said = {}

for i = 4, #KEYS do
    local id, rev, entry = ARGV[3 * i - 10], ARGV[3 * i - 9], ARGV[3 * i - 8]
    local read = call('HMGET', KEYS[i], 'head', 'own')

    if not read[1] or not read[2] then
        said[i - 2] = 'GONE'

    elseif string.match(read[1], '^%d+') ~= rev then
        said[i - 2] = 'CHANGED'

    else
        local modified, status, number =
            string.match(read[1], '^%d+ (%d+) (%S+) (%S+)$')
        local created = string.match(read[2], '^%d+')
        local place =
            string.match(read[2], '^%d+ %S+ %d+ %d+ %d+ %S* (%d+)$')

        -- one from before there was an index gets its number now

        if not place then
            local own, token =
                string.match(read[2], '^(%d+ %S+ %d+ %d+ %d+) ?(%S*)')

            place = text(call('HINCRBY', KEYS[2], '#', 1))

            -- still in order, if all that have one got it here, and are older

            local last, newest = string.match(
                call('HGET', KEYS[2], '#late') or '0 0', '^(%d+) (%d+)$')

            if place - last == 1 and tonumber(created) > tonumber(newest) then
                call('HSET', KEYS[2], '#late', place .. ' ' .. created)
            else
                call('HSET', KEYS[2], '#mixed', '1')
            end

            call('HSET', KEYS[i], 'own', own .. ' ' .. token .. ' ' .. place)
        end

        said[i - 2] = place

        if tonumber(place) > tonumber(ARGV[1]) then
            said[i - 2] = 'BAD'

        elseif call('GETBIT', KEYS[3], place) == 0 then
            call('APPEND', KEYS[1], place .. ' ' .. id .. ' ' .. created
                 .. ' ' .. modified .. ' ' .. status .. ' ' .. number .. ' '
                 .. entry)
            call('SETBIT', KEYS[3], place, '1')
        end
    end
end

-- it goes by itself, if nobody ends this rebuild

call('PEXPIRE', KEYS[3], '86400000')
said[1] = text(call('STRLEN', KEYS[1]))

return said
