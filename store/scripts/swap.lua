-- A segment takes the place of others, or of entries of the log.
--
-- KEYS  1 manifest  2 log  3 lock  4 to 6 the new segment
--       7 then, the segments whose place it takes
-- ARGV  1 lock's value  2 milliseconds that it is held on
--       3 generation  4 bytes of the log that go  5 the last of them
--       6 to 8 bytes of the new segment's parts; '' if there is none
--       9 the new manifest  10 milliseconds that old segments stay
--
-- Returns 'OK', or 'CONFLICT' if anything is not what it was made from.

local cut = tonumber(ARGV[4])
local tail = ARGV[5]
local generation = string.match(call('GETRANGE', KEYS[1], '0', '31'),
                                '^%d+') or '0'

if call('GET', KEYS[3]) ~= ARGV[1] or generation ~= ARGV[3] then
    return 'CONFLICT'
end

-- a log that has lost its end, and grown again, is another one

if cut > 0 and call('GETRANGE', KEYS[2], text(cut - #tail), text(cut - 1))
               ~= tail
then
    return 'CONFLICT'
end

if ARGV[6] ~= '' then
    for i = 4, 6 do
        if call('STRLEN', KEYS[i]) ~= tonumber(ARGV[i + 2]) then
            return 'CONFLICT'
        end
    end

    for i = 4, 6 do
        call('PERSIST', KEYS[i])
    end
end

call('SET', KEYS[1], ARGV[9])

if cut > 0 then
    if call('STRLEN', KEYS[2]) > cut then
        call('SET', KEYS[2], call('GETRANGE', KEYS[2], ARGV[4], '-1'))
    else
        call('DEL', KEYS[2])
    end
end

for i = 7, #KEYS do
    call('PEXPIRE', KEYS[i], ARGV[10])
end

call('PEXPIRE', KEYS[3], ARGV[2])

return 'OK'
