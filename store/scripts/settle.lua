-- with record.lua
-- What was decided about a tender, from one state of it: awards, results of
-- an auction, what they make of its status.
--
-- ARGV  1 id  2 revision, 3 status and 4 version it was decided from
--       5 the status it gets  6 event  7 the part it is about  8 author
--       9 then, nine for each part: bid or award, id, date or '', status,
--       author, link, token, JSON before its date, JSON behind it
--
-- Returns {moment, head}; {'MISSING'} or {'CONFLICT'}.

local at = now()
local r = load()

if not r then
    return {'MISSING'}
end

if r.rev ~= ARGV[2] or r.status ~= ARGV[3] or r.version ~= ARGV[4]
   or stage(r, at) ~= r.status
then
    return {'CONFLICT'}
end

-- nothing is written beside what cannot be read

local kept = {}

for i = 9, #ARGV, 9 do
    local value = call('HGET', ARGV[i] == 'bid' and KEYS[6] or KEYS[7],
                       ARGV[i + 1])
    if value then
        kept[i] = string.match(value, '\n(.*)$')
        if not kept[i] then
            return redis.error_reply('ERR a part is damaged')
        end
    end
end

local to = ARGV[5]

at = touch(r, ARGV[1], at, to, ARGV[6], ARGV[7])

for i = 9, #ARGV, 9 do
    local kind, id = ARGV[i], ARGV[i + 1]
    local date = ARGV[i + 2] == '' and at or tonumber(ARGV[i + 2])
    local key = kind == 'bid' and KEYS[6] or KEYS[7]
    local json = kept[i]

    if json then
        call('RPUSH', KEYS[9], text(at) .. ' ' .. ARGV[8] .. ' ' .. kind
             .. ' ' .. id .. ' ' .. json)

        if kind == 'bid' and r.finish > 0 then
            call('HSETNX', KEYS[8], id, json)
        end
    end

    call('HSET', key, id,
         part(date, at, ARGV[i + 3], ARGV[i + 4], ARGV[i + 5], ARGV[i + 6],
              ARGV[i + 7], ARGV[i + 8]))
end

if to ~= 'cancelled' and to ~= 'active.auction' and index[to] > 12 then
    r.seal = 'o'
end

count(r)

return {text(at), head(r)}
