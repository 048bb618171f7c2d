-- Times are microseconds since 1970, as numbers: exact in a double until the
-- year 2255.  A script checks everything first and writes last.

local call = redis.call
local format = string.format
local floor = math.floor

local function now()
    local t = call('TIME')
    return t[1] * 1000000 + t[2]
end

local function text(n)
    return format('%d', n)
end

-- the moment of a write: strictly later than any other in this bucket

local function tick(clock, events, at)
    local last = call('SET', clock, text(at), 'GET')
    if not last then
        -- a new store, or a clock that was lost: the events know
        local newest = call('XREVRANGE', events, '+', '-', 'COUNT', '1')[1]
        last = newest and string.match(newest[1], '^%d+')
    end
    if last and tonumber(last) >= at then
        at = tonumber(last) + 1
        call('SET', clock, text(at))
    end
    return at
end

local function civil(days)
    local z = days + 719468
    local era = floor(z / 146097)
    local doe = z - era * 146097
    local yoe = floor((doe - floor(doe / 1460)
                + floor(doe / 36524) - floor(doe / 146096)) / 365)
    local doy = doe - (365 * yoe + floor(yoe / 4)
                - floor(yoe / 100))
    local mp = floor((5 * doy + 2) / 153)
    local day = doy - floor((153 * mp + 2) / 5) + 1
    local month = mp < 10 and mp + 3 or mp - 9
    local year = yoe + era * 400
    if month <= 2 then
        year = year + 1
    end
    return year, month, day
end

-- a moment as it is shown

local function iso(us)
    local seconds = floor(us / 1000000)
    local days = floor(seconds / 86400)
    local year, month, day = civil(days)
    local rest = seconds - days * 86400
    return format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, day,
                  floor(rest / 3600), floor(rest / 60) % 60, rest % 60,
                  floor(us / 1000) % 1000)
end

-- a member of a feed: the id, the date, what the date lacks to microseconds

local function member(id, us)
    return format('%s|%s%03d', id, iso(us), us % 1000)
end

-- Deadlines, in microseconds, 0: none.  A tender whose end had passed when it
-- was set has no time gate: its end is kept as 0.

local function gate(finish, at)
    if finish > at then
        return finish
    end
    return 0
end

-- bids are taken from the start on, else from the end of enquiries on

local function beginning(enquiries, start)
    return start > 0 and start or enquiries
end

local function opening(begins, finish, at)
    if finish > 0 and at < begins then
        return 'active.enquiries'
    end
    return 'active.tendering'
end
