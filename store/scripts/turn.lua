-- with record.lua
-- The clock moves a tender on, once.
--
-- ARGV  1 id  2 version that the rest was made from; '': the first call,
--       '-': none of it is made yet
--       3 the status that follows the end of tendering; '': it cannot be told
--       4 the hashes of all bids, a JSON list
--       5 id of the award that is pending then, or ''  6 of its bid
--       7 JSON before its date  8 JSON behind it
--
-- Returns 'DONE', 'GONE' or 'EARLY'; {'BIDS', version, id, id ...} if what
-- follows depends on the bids; 'LATER' if a record cannot be read: for a
-- minute it is let be.

local at = now()
local id = ARGV[1]

-- Who comes first has three seconds to look at the bids: nobody else does
-- the same meanwhile, and a damaged record is not tried all the time.

if ARGV[2] == '' then
    local due = call('ZSCORE', KEYS[5], id)

    if not due then
        return 'GONE'
    end

    if tonumber(due) > at then
        return 'EARLY'
    end

    call('ZADD', KEYS[5], text(at + 3000000), id)
end

local r = load()

if r and not (r.number and r.bids) then
    call('ZADD', KEYS[5], text(at + 60000000), id)
    return 'LATER'
end

if not r or r.finish == 0
   or (r.status ~= 'active.enquiries' and r.status ~= 'active.tendering')
then
    call('ZREM', KEYS[5], id)
    return 'GONE'
end

local s = stage(r, at)

if s == r.status then
    call('ZADD', KEYS[5],
         text(s == 'active.enquiries' and r.begins or r.finish), id)
    return 'EARLY'
end

if s == 'active.tendering' then
    touch(r, id, at, s, 'status', s)
    call('ZADD', KEYS[5], text(r.finish), id)
    return 'DONE'
end

local to = 'unsuccessful'
local hashes = '[]'

if r.bids > 0 or call('EXISTS', KEYS[6]) == 1 then
    local bids = call('HKEYS', KEYS[6])

    if #bids ~= r.bids or (r.version == ARGV[2] and ARGV[3] == '') then
        call('ZADD', KEYS[5], text(at + 60000000), id)
        return 'LATER'
    end

    if r.version ~= ARGV[2] then
        table.insert(bids, 1, r.version)
        table.insert(bids, 1, 'BIDS')
        return bids
    end

    to = ARGV[3]
    hashes = ARGV[4]
end

at = touch(r, id, at, to, 'status', to)

if r.bids > 0 and ARGV[5] ~= '' then
    call('HSET', KEYS[7], ARGV[5],
         part(at, at, 'pending', 'chronograph', ARGV[6], '-', ARGV[7],
              ARGV[8]))
end

if to ~= 'active.auction' then
    r.seal = 'o'
end

r.hashed = '1'

call('HSET', KEYS[1], 'hashes', hashes)
call('ZREM', KEYS[5], id)
count(r)

return 'DONE'
