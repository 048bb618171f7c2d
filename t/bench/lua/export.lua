-- Copyright (C) ngx_tender_module contributors

-- A page of the export from Redis, plainly in nginx's Lua: the ids of the
-- page from a sorted set, their documents in one pipeline.

local records = require 'records'
local redis = require 'nginx.redis'

local ngx = ngx

local _M = {}


function _M.page()
    local args = ngx.req.get_uri_args()
    local size = tonumber(args.tenpage) or 10
    local first = ((tonumber(args.page) or 1) - 1) * size
    local format = args.dtype or 'xml'
    local write = records[format]

    if not records.types[format] or size < 1 or size > 100 or first < 0 then
        return ngx.exit(400)
    end

    local red = redis:new()

    red:set_timeout(2000)

    if not red:connect('unix:' .. ngx.var.redis_socket) then
        return ngx.exit(503)
    end

    local ids = red:zrevrange('plain:newest', first, first + size - 1)

    red:init_pipeline()
    red:zcard('plain:newest')
    for _, id in ipairs(ids) do
        red:hget('plain:tender:' .. id, 'doc')
    end

    local reply = red:commit_pipeline()
    local site = ngx.var.scheme .. '://' .. ngx.var.http_host
    local list = {}

    red:set_keepalive(60000, 128)

    for i = 2, #reply do
        list[i - 1] = records.record(reply[i], site)
    end

    local body = write(reply[1], list)

    ngx.header['Content-Type'] = records.types[format]
    ngx.header['Content-Length'] = #body
    ngx.print(body)
end


return _M
