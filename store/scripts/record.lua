-- What the scripts of a tender's life share.
--
-- KEYS  1 tender  2 feed  3 clock  4 events  5 due  6 bids  7 awards
--       8 sealed bids  9 journal  10 documents
--       11 to 18 indexes of the statuses, in their order
--       19 log of the index of words

local index = {
    ['active.enquiries'] = 11, ['active.tendering'] = 12,
    ['active.auction'] = 13, ['active.qualification'] = 14,
    ['active.awarded'] = 15, ['complete'] = 16, ['unsuccessful'] = 17,
    ['cancelled'] = 18
}

-- what there is beside the document of a tender that had nothing yet: bids
-- to come are sealed if it has a time gate

local function nothing(finish)
    return '0 0 0 0 ' .. (finish > 0 and 's' or 'o') .. ' 0'
end

local function load()
    local t = call('HMGET', KEYS[1], 'head', 'own', 'more')
    if not t[1] then
        return nil
    end
    local r = {}
    r.rev, r.modified, r.status, r.number =
        string.match(t[1], '^(%d+) (%d+) (%S+) (%S+)$')
    local enquiries, start, finish, place =
        string.match(t[2], '^%d+ %S+ (%d+) (%d+) (%d+) ?%S* ?(%d*)$')
    r.place = place
    r.begins = beginning(tonumber(enquiries), tonumber(start))
    r.finish = tonumber(finish)
    r.version, r.bids, r.awards, r.documents, r.seal, r.hashed =
        string.match(t[3] or nothing(r.finish),
                     '^(%d+) (%d+) (%d+) (%d+) (%l) (%d)$')
    r.bids = tonumber(r.bids)
    return r
end

-- the status by the clock; 'closed': the end of tendering has come, and
-- nobody has drawn the consequences yet

local function stage(r, at)
    local status = r.status
    if r.finish == 0 then
        return status
    end
    if status == 'active.enquiries' and at >= r.begins then
        status = 'active.tendering'
    end
    if status == 'active.tendering' and at >= r.finish then
        return 'closed'
    end
    return status
end

-- what everybody sees of the tender changes: the moment at which

local function touch(r, id, at, status, op, part)
    at = tick(KEYS[3], KEYS[4], at)

    local moment = text(at)
    local was = member(id, tonumber(r.modified))
    local is = member(id, at)

    call('XADD', KEYS[4], moment .. '-0', 'op', op, 'id', id, 'rev', r.rev,
         'part', part)
    call('HSET', KEYS[1], 'head', r.rev .. ' ' .. moment .. ' ' .. status
         .. ' ' .. r.number)
    call('ZREM', KEYS[2], was)
    call('ZADD', KEYS[2], moment, is)
    call('ZREM', KEYS[index[r.status]], was)
    call('ZADD', KEYS[index[status]], moment, is)

    if r.place ~= '' then
        call('APPEND', KEYS[19], r.place .. ' ' .. id .. ' = ' .. moment
             .. ' ' .. status .. ' ' .. r.number .. ' = = =\n')
    end

    r.modified = moment
    r.status = status
    return at
end

local function head(r)
    return r.rev .. ' ' .. r.modified .. ' ' .. r.status .. ' ' .. r.number
end

-- bids or awards have changed

local function count(r)
    r.bids = call('HLEN', KEYS[6])
    call('HSET', KEYS[1], 'more', text(r.version + 1) .. ' ' .. text(r.bids)
         .. ' ' .. text(call('HLEN', KEYS[7])) .. ' ' .. r.documents .. ' '
         .. r.seal .. ' ' .. r.hashed)
end

-- A bid, an award or a document as it is stored: a line of what is nobody's
-- business, then its JSON, which is cut where the date belongs.

local function part(date, at, status, author, link, token, front, tail)
    return text(date) .. ' ' .. text(at) .. ' ' .. status .. ' ' .. author
           .. ' ' .. link .. ' ' .. token .. '\n' .. front .. iso(date)
           .. tail
end

-- date, changed, status, author, link, token, JSON

local function parts(value)
    return string.match(value,
                        '^(%d+) (%d+) (%S+) (%S+) (%S+) (%S+)\n(.*)$')
end
