-- with record.lua
-- All of a tender at one moment; bids only if they are open or asked for.
--
-- ARGV  1 '1': bids though they are sealed; '2': no bids
--
-- Returns false or {head, document, own, more, hashes, bids, awards,
-- documents}, the last three as HVALS.

local t = call('HMGET', KEYS[1], 'head', 'doc', 'own', 'more', 'hashes')

if not t[1] then
    return false
end

local finish = string.match(t[3], '^%d+ %S+ %d+ %d+ (%d+)')
local more = t[4] or nothing(tonumber(finish))
local open = string.match(more, ' (%l) %d$') == 'o' and ARGV[1] ~= '2'
             or ARGV[1] == '1'

return {t[1], t[2], t[3], more, t[5] or '',
        open and call('HVALS', KEYS[6]) or {}, call('HVALS', KEYS[7]),
        call('HVALS', KEYS[10])}
