-- with record.lua
-- A document is added, gets a new version, or is described anew.
--
-- KEYS  10 the documents of its place  20 its file
-- ARGV  1 id of the tender  2 add, version or change
--       3 where: tender, bid or award  4 id of the bid or award
--       5 the document's id  6 most documents, with all versions
--       7 chunks of its file  8 when it was last changed, as read  9 author
--       10 link  11 JSON before its dates  12 JSON behind them
--       13 stages at which it may be, with a time gate  14 without one
--
-- Returns {moment, date}; {'MISSING'}, {'ORPHAN'}, {'STAGE', stage},
-- {'JUDGED'}, {'TAKEN'}, {'GONE'}, {'STALE'}, {'FULL'} or {'LOST'}.

local at = now()
local r = load()

if not r then
    return {'MISSING'}
end

local op, place, id = ARGV[2], ARGV[3], ARGV[5]

if place == 'bid' and call('HEXISTS', KEYS[6], ARGV[4]) == 0
   or place == 'award' and call('HEXISTS', KEYS[7], ARGV[4]) == 0
then
    return {'ORPHAN'}
end

local s = stage(r, at)

if not string.find(ARGV[r.finish > 0 and 13 or 14], ' ' .. s .. ' ', 1, true)
then
    return {'STAGE', s}
end

if place == 'bid' and s == 'active.qualification' then
    local pending = false
    for _, award in ipairs(call('HVALS', KEYS[7])) do
        local _, _, status, _, to = parts(award)
        pending = pending or status == 'pending' and to == ARGV[4]
    end
    if not pending then
        return {'JUDGED'}
    end
end

local value = call('HGET', KEYS[10], id)
local old, json
local date = at

if op == 'add' then
    if value then
        return {'TAKEN'}
    end

else
    if not value then
        return {'GONE'}
    end

    local first, changed, _, author, link, token
    first, changed, _, author, link, token, json = parts(value)

    if changed ~= ARGV[8] then
        return {'STALE'}
    end

    if tonumber(changed) >= at then
        at = changed + 1
    end

    date = tonumber(first)
    old = first .. ' ' .. changed .. ' old ' .. author .. ' ' .. link .. ' '
          .. token .. '\n' .. json
end

if op ~= 'change' then
    if call('HLEN', KEYS[10]) >= tonumber(ARGV[6]) then
        return {'FULL'}
    end
    if call('HLEN', KEYS[20]) ~= tonumber(ARGV[7]) then
        return {'LOST'}
    end
end

-- what might be refused comes first

if place == 'tender' or r.seal == 'o' then
    at = touch(r, ARGV[1], at, r.status, 'document', id)
    if op == 'add' then
        date = at
    end
end

call('RPUSH', KEYS[9], text(at) .. ' ' .. ARGV[9] .. ' document ' .. id .. ' '
     .. (json or ''))

if op ~= 'change' then
    call('PERSIST', KEYS[20])
end

if op == 'version' then
    call('HSET', KEYS[10], id .. '.' .. (string.match(old, '/(%d+) %S+\n')),
         old)
end

call('HSET', KEYS[10], id,
     part(date, at, 'current', ARGV[9], ARGV[10], '-', ARGV[11],
          '","dateModified":"' .. iso(at) .. ARGV[12]))

if place == 'tender' then
    if op == 'add' then
        r.documents = text(r.documents + 1)
    end
    count(r)
end

return {text(at), text(date)}
