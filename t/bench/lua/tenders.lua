-- Copyright (C) ngx_tender_module contributors

-- The tender API done plainly in nginx's Lua, to compare with: what somebody
-- would write who knows nginx, Lua and Redis well and has an afternoon.  A
-- tender is kept as the answer to a GET, so that reading it parses nothing;
-- a change is compared and set; connections are kept open.  It checks less
-- than the module does, and keeps neither revisions nor events.
--
-- Keys: tender:<id> a hash of doc, rev and the end of tendering, if it is
-- still to come; tender:<id>:bids a hash of bids and their tokens; feed a
-- sorted set of ids by milliseconds, dated the same with the date in the
-- member, number a counter.

local cjson = require 'cjson.safe'
local redis = require 'nginx.redis'

local ngx = ngx
local null = ngx.null
local format = string.format

local random = assert(io.open('/dev/urandom', 'rb'))

local TRIES = 20

local CREATE = [[
if redis.call('EXISTS', KEYS[1]) == 1 then
    return 0
end
redis.call('HSET', KEYS[1], 'doc', ARGV[1], 'rev', '1')
if ARGV[4] ~= '' then
    redis.call('HSET', KEYS[1], 'finish', ARGV[4])
end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
return 1
]]

-- in time by the clock of Redis; an open tender is touched, a sealed one not

local BID = [[
local t = redis.call('HMGET', KEYS[1], 'rev', 'finish')
if not t[1] then
    return 'missing'
end
local time = redis.call('TIME')
local at = time[1] * 1000 + math.floor(time[2] / 1000)
if t[2] and at >= tonumber(t[2]) then
    return 'late'
end
if redis.call('HLEN', KEYS[2]) >= 1000 then
    return 'full'
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
if not t[2] then
    redis.call('HSET', KEYS[1], 'rev', t[1] + 1)
    redis.call('ZADD', KEYS[3], at, ARGV[3])
end
return at
]]

local COMMIT = [[
if redis.call('HGET', KEYS[1], 'rev') ~= ARGV[4] then
    return 0
end
redis.call('HSET', KEYS[1], 'doc', ARGV[1], 'rev', ARGV[4] + 1)
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
return 1
]]

local FIELDS = {
    notice = 'table', procuringEntity = 'table', totalValue = 'table',
    minimalStep = 'table', itemsToBeProcured = 'table', method = 'string',
    methodJustification = 'string', selectionCriteria = 'string',
    selectionDetails = 'string', submissionMethod = 'string',
    submissionDetails = 'string', clarificationPeriod = 'table',
    tenderPeriod = 'table', awardPeriod = 'table', deliveryDate = 'string',
    clarifications = 'boolean', attachments = 'table',
}

local BID_FIELDS = { bidders = 'table', totalValue = 'table',
                     parameters = 'table', status = 'string' }

local shas = {}
local _M = {}


local function connect()
    local red = redis:new()

    red:set_timeout(2000)

    local ok, err = red:connect('unix:' .. ngx.var.redis_socket)
    if not ok then
        ngx.log(ngx.ERR, 'redis: ', err)
        ngx.exit(503)
    end

    return red
end


local function release(red)
    red:set_keepalive(60000, 128)
end


-- by its hash; its text only if Redis does not know it

local function script(red, text, ...)
    local sha = shas[text]

    if not sha then
        sha = assert(red:script('load', text))
        shas[text] = sha
    end

    local reply, err = red:evalsha(sha, ...)

    if not reply and err and err:find('^NOSCRIPT') then
        reply, err = red:eval(text, ...)
    end

    return reply, err
end


local function answer(status, body, tag)
    local header = ngx.header

    ngx.status = status
    header['Content-Type'] = 'application/json; charset=UTF-8'
    header['Content-Length'] = #body
    header['ETag'] = tag

    ngx.print(body)
end


local function refuse(status, description)
    return answer(status, cjson.encode({
        status = 'error',
        errors = { { location = 'body', name = 'data',
                     description = description } },
    }))
end


local function date(ms)
    local seconds = math.floor(ms / 1000)

    return os.date('!%Y-%m-%dT%H:%M:%S', seconds)
           .. format('.%03dZ', ms - seconds * 1000)
end


local function now()
    return math.floor(ngx.now() * 1000)
end


local function hex(byte)
    return format('%02x', byte:byte())
end


local function new_id()
    return (random:read(16):gsub('.', hex))
end


local function check_value(value)
    if type(value) ~= 'table' then
        return 'a value is an object'
    end

    if value.amount ~= nil
       and (type(value.amount) ~= 'number' or value.amount < 0)
    then
        return 'an amount is a number, not negative'
    end

    if value.currency ~= nil and type(value.currency) ~= 'string' then
        return 'a currency is a string'
    end
end


local function check_entity(entity, partial)
    local id = entity.id

    if id == nil and partial then
        return
    end

    if type(id) ~= 'table' or not (partial or type(id.name) == 'string') then
        return 'procuringEntity has id.name'
    end
end


local function check_items(items)
    for _, item in ipairs(items) do
        if type(item) ~= 'table' then
            return 'an item is an object'
        end

        if item.description ~= nil and type(item.description) ~= 'string' then
            return 'a description is a string'
        end

        if item.quantity ~= nil and type(item.quantity) ~= 'number' then
            return 'a quantity is a number'
        end
    end
end


-- names and types; returns what is wrong

local function check(data, partial, fields)
    for name, value in pairs(data) do
        local want = (fields or FIELDS)[name]

        if not want then
            return 'Rogue field ' .. tostring(name)
        end

        if type(value) ~= want and not (partial and value == null) then
            return name .. ' should be a ' .. want
        end
    end

    local entity, items = data.procuringEntity, data.itemsToBeProcured

    return data.totalValue and check_value(data.totalValue)
           or data.minimalStep and check_value(data.minimalStep)
           or entity and check_entity(entity, partial)
           or items and check_items(items)
end


local function body_data(partial, fields)
    ngx.req.read_body()

    local body = cjson.decode(ngx.req.get_body_data() or '')
    local data = type(body) == 'table' and body.data

    if type(data) ~= 'table' then
        return nil, 'No JSON object could be decoded'
    end

    local wrong = check(data, partial, fields)
    if wrong then
        return nil, wrong
    end

    return data
end


-- the end of tendering in milliseconds, if it is still to come

local function finish(data)
    local text = data.tenderPeriod and data.tenderPeriod.endDate
    local year, month, day, hour, minute, second =
        string.match(type(text) == 'string' and text or '',
                     '^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)')

    if not year then
        return ''
    end

    local at = os.time({ year = year, month = month, day = day, hour = hour,
                         min = minute, sec = second })

    return at > ngx.time() and at * 1000 or ''
end


local function merge(into, from)
    for name, value in pairs(from) do
        if value == null then
            into[name] = nil

        elseif type(value) == 'table' and type(into[name]) == 'table' then
            merge(into[name], value)

        else
            into[name] = value
        end
    end
end


local function create()
    local data, wrong = body_data()
    if not data then
        return refuse(422, wrong)
    end

    local red = connect()
    local id = new_id()
    local at = now()

    data.id = id
    data.tenderID = 'UA-2014-DUS-' .. red:incr('number')
    data.modified = date(at)
    data.status = 'active.tendering'

    local body = cjson.encode({ data = data })
    local ok, err = script(red, CREATE, 2, 'tender:' .. id, 'feed', body, at,
                           id, finish(data))
    if ok ~= 1 then
        ngx.log(ngx.ERR, 'redis: ', err)
        return refuse(503, 'not stored')
    end

    release(red)

    ngx.header['Location'] = ngx.var.scheme .. '://' .. ngx.var.http_host
                             .. '/tenders/' .. id

    return answer(201, body, '"1"')
end


-- a bid, with a token for its owner and a hash as its receipt

local function bid(id)
    local data, wrong = body_data(false, BID_FIELDS)
    if not data then
        return refuse(422, wrong)
    end

    local red = connect()
    local bid_id = new_id()
    local token = new_id()

    data.id = bid_id
    data.date = date(now())
    data.status = data.status or 'registration'

    local body = cjson.encode(data)
    local key = 'tender:' .. id
    local at, err = script(red, BID, 3, key, key .. ':bids', 'feed', bid_id,
                           (ngx.sha1_bin(token):gsub('.', hex)) .. body, id)

    release(red)

    if type(at) ~= 'number' then
        ngx.log(ngx.ERR, 'redis: ', at or err)
        return refuse(at and 403 or 503, at or 'not stored')
    end

    ngx.header['Location'] = ngx.var.scheme .. '://' .. ngx.var.http_host
                             .. '/tenders/' .. id .. '/bidders/' .. bid_id

    return answer(201, '{"data":' .. body .. ',"access":{"token":"' .. token
                       .. '"},"receipt":{"hash":"'
                       .. (ngx.sha1_bin(body):gsub('.', hex))
                       .. '","received":' .. at .. '}}', '"' .. at .. '"')
end


local function read(id)
    local red = connect()
    local tag = ngx.var.http_if_none_match
    local rev, doc

    if tag then
        rev = red:hget('tender:' .. id, 'rev')

        if rev ~= null and tag == '"' .. rev .. '"' then
            release(red)
            ngx.status = 304
            ngx.header['ETag'] = tag
            return ngx.eof()
        end
    end

    local reply = red:hmget('tender:' .. id, 'rev', 'doc')

    release(red)

    rev, doc = reply[1], reply[2]
    if doc == null then
        return refuse(404, 'Not Found')
    end

    return answer(200, doc, '"' .. rev .. '"')
end


local function change(id)
    local patch, wrong = body_data(true)
    if not patch then
        return refuse(422, wrong)
    end

    local red = connect()
    local key = 'tender:' .. id

    for _ = 1, TRIES do
        local reply = red:hmget(key, 'rev', 'doc')
        local rev, doc = reply[1], reply[2]

        if doc == null then
            release(red)
            return refuse(404, 'Not Found')
        end

        local at = now()
        local tender = cjson.decode(doc)

        merge(tender.data, patch)
        tender.data.modified = date(at)

        local body = cjson.encode(tender)

        if script(red, COMMIT, 2, key, 'feed', body, at, id, rev) == 1 then
            release(red)
            return answer(200, body, '"' .. (rev + 1) .. '"')
        end
    end

    release(red)

    return refuse(409, 'too many changes')
end


local function page(data, last)
    local offset = last or '0'
    local path = '/tenders?offset=' .. offset

    return answer(200, cjson.encode({
        data = data,
        next_page = {
            offset = offset,
            path = path,
            uri = ngx.var.scheme .. '://' .. ngx.var.http_host .. path,
        },
    }))
end


local function list()
    local red = connect()
    local reply = red:zrange('feed', '(' .. (ngx.var.arg_offset or '0'),
                             '+inf', 'BYSCORE', 'LIMIT', '0', '100',
                             'WITHSCORES')
    release(red)

    local data = {}

    for i = 1, #reply, 2 do
        data[(i + 1) / 2] = { id = reply[i],
                              modified = date(tonumber(reply[i + 1])) }
    end

    return page(data, reply[#reply])
end


-- the same with the module's own trick, the date in the member

local function list_dated()
    local red = connect()
    local reply = red:zrange('dated', '(' .. (ngx.var.arg_offset or '0'),
                             '+inf', 'BYSCORE', 'LIMIT', '0', '100')
    release(red)

    local data = {}

    for i, member in ipairs(reply) do
        data[i] = { id = member:sub(1, 32), modified = member:sub(34) }
    end

    return page(data, data[#data] and data[#data].modified)
end


-- /tenders

function _M.collection()
    if ngx.req.get_method() == 'POST' then
        return create()
    end

    return list()
end


_M.dated = list_dated


-- /tenders/<id>

function _M.tender()
    local id, below = ngx.var.uri:sub(#'/tenders/' + 1):match('^(%w+)(.*)$')
    local method = ngx.req.get_method()

    if below == '/bidders' and method == 'POST' then
        return bid(id)
    end

    if not id or #id ~= 32 or below ~= '' then
        return refuse(404, 'Not Found')
    end

    if method == 'PATCH' then
        return change(id)
    end

    if method == 'GET' then
        return read(id)
    end

    return refuse(405, 'Method Not Allowed')
end


return _M
