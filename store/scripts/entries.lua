-- Entries of the registry, a page of a list.
--
-- KEYS  1 list  2 entries
-- ARGV  1 place behind which it begins  2 how many
--
-- Returns the place behind which there are more, or '', then place, id and
-- entry of each.

local max = tonumber(ARGV[2])
local found = call('ZRANGE', KEYS[1], '(' .. ARGV[1], '+inf', 'BYSCORE',
                   'LIMIT', '0', text(max + 1), 'WITHSCORES')
local page = { #found > 2 * max and found[2 * max] or '' }

for i = 1, math.min(#found, 2 * max), 2 do
    page[#page + 1] = found[i + 1]
    page[#page + 1] = found[i]
    page[#page + 1] = call('HGET', KEYS[2], found[i])
end

return page
