-- with record.lua
-- A bid is handed in, changed or withdrawn: in time, by this server's clock.
-- While it is sealed, nothing that others see moves.
--
-- ARGV  1 id  2 revision of the tender it was checked against
--       3 add, change or remove  4 the bid's id  5 most bids
--       6 JSON before its date  7 JSON behind it  8 its status  9 author
--       10 token  11 when it was last changed, as read
--       12 '1' if its date moves with this change  13 most bytes of all bids
--
-- KEYS  10 the documents of the bid
--
-- Returns {moment, date, head, links of its documents}; {'MISSING'},
-- {'CONFLICT'}, {'FULL'}, {'LARGE'},
-- {'TAKEN'}, {'GONE'}, {'STALE'}, {'AWARDED'} or {'STATUS', stage}.

local at = now()
local r = load()

if not r then
    return {'MISSING'}
end

local s = stage(r, at)

if s ~= 'active.tendering' then
    return {'STATUS', s}
end

if r.rev ~= ARGV[2] then
    return {'CONFLICT'}
end

local value = call('HGET', KEYS[6], ARGV[4])
local date, changed, status, author, link, token, json

if ARGV[3] == 'add' then
    if value then
        return {'TAKEN'}
    end
    if r.bids >= tonumber(ARGV[5]) then
        return {'FULL'}
    end

else
    if not value then
        return {'GONE'}
    end

    date, changed, status, author, link, token, json = parts(value)

    if changed ~= ARGV[11] then
        return {'STALE'}
    end

    if r.finish == 0 then
        for _, award in ipairs(call('HVALS', KEYS[7])) do
            local _, _, _, _, to = parts(award)
            if to == ARGV[4] then
                return {'AWARDED'}
            end
        end
    end

    if tonumber(changed) >= at then
        at = changed + 1
    end
end

-- all bids of a tender are read at once, so there is a bound for them all

local weight = tonumber(call('HGET', KEYS[1], 'weight') or 0)

if value then
    weight = weight - #json
end

if ARGV[3] ~= 'remove' then
    weight = weight + #ARGV[6] + #ARGV[7] + 24
    if weight > tonumber(ARGV[13]) then
        return {'LARGE'}
    end
end

-- what might be refused comes first

if r.finish == 0 then
    at = touch(r, ARGV[1], at, r.status, 'bid', ARGV[4])
end

call('RPUSH', KEYS[9], text(at) .. ' ' .. ARGV[9] .. ' ' .. ARGV[3] .. ' '
     .. ARGV[4] .. ' ' .. (json or ''))

local links = {}

if ARGV[3] == 'remove' then
    for i, document in ipairs(call('HVALS', KEYS[10])) do
        local _, _, _, _, link = parts(document)
        links[i] = link
    end
    call('HDEL', KEYS[6], ARGV[4])
    call('UNLINK', KEYS[10])
else
    if ARGV[12] == '1' then
        date = at
    end

    call('HSET', KEYS[6], ARGV[4],
         part(tonumber(date), at, ARGV[8], author or ARGV[9], '-',
              token or ARGV[10], ARGV[6], ARGV[7]))
end

call('HSET', KEYS[1], 'weight', text(weight))
count(r)

return {text(at), text(tonumber(date)), head(r), links}
