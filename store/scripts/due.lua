-- The tenders of a bucket whose time has come.
--
-- KEYS  1 due
-- ARGV  1 at most so many
--
-- Returns {milliseconds until the next one or -1, id, id ...}.

local at = now()
local due = call('ZRANGE', KEYS[1], '-inf', text(at), 'BYSCORE', 'LIMIT',
                 '0', ARGV[1])
local first = call('ZRANGE', KEYS[1], '(' .. text(at), '+inf', 'BYSCORE',
                   'LIMIT', '0', '1', 'WITHSCORES')
local wait = -1

if first[2] then
    wait = math.ceil((first[2] - at) / 1000)
end

table.insert(due, 1, wait)

return due
