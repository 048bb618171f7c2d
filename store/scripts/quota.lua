-- Requests of a caller, counted in this day and in this minute (of UTC, by
-- the clock of Redis).  A count ends with its day, its minute.
--
-- KEYS  1 the count of the day  2 of the minute
-- ARGV  1 take, ask, or return  2 how many a day  3 a minute; '0': any number
--       4 with return: when it was taken
--
-- One that is refused is not counted.
--
-- Returns {1 if it is taken, or might be, else 0; how many there are in this
-- day, in this minute; seconds since 1970}.

local seconds = tonumber(call('TIME')[1])
local length = {86400, 60}
local used = {}
local fits = 1

for i = 1, 2 do
    local max = tonumber(ARGV[i + 1])

    used[i] = tonumber(call('GET', KEYS[i])) or 0

    if max > 0 and used[i] >= max then

        -- without an end it would refuse for ever

        if call('PTTL', KEYS[i]) == -1 then
            used[i] = 0
        else
            fits = 0
        end
    end
end

for i = 1, 2 do
    local window = floor(seconds / length[i])

    if ARGV[i + 1] ~= '0' then
        if ARGV[1] == 'take' and fits == 1 then
            used[i] = used[i] + 1
            call('SET', KEYS[i], text(used[i]), 'EXAT',
                 text((window + 1) * length[i]))

        elseif ARGV[1] == 'return' and used[i] > 0
               and floor(tonumber(ARGV[4]) / length[i]) == window
        then
            used[i] = used[i] - 1
            call('SET', KEYS[i], text(used[i]), 'KEEPTTL')
        end
    end
end

return {fits, used[1], used[2], seconds}
