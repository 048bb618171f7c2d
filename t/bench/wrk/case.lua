-- Copyright (C) ngx_tender_module contributors

-- wrk -s case.lua http://host:port/base -- <case> [<tenders> [<number>]]
--
--   same    GET of the address as it stands
--   get     GET of each tender in turn
--   tag     the same with its ETag in If-None-Match
--   post    a new tender, the text of the file <tenders>
--   patch   another amount for each tender in turn, counted from <number>
--   one     the same for the first tender alone
--   bid     a new bid, t/bench/bid.json, for each tender in turn
--   report  results of the auction, the text of the file <number>, for each
--           tender once
--   lines   POST of each line of the file <tenders> in turn, as a form; a word
--           in front of it is the address that it comes from
--   paths   GET of each line of the file <tenders> in turn
--
-- Headers of wrk's own options go with get, lines and paths.
--
-- <tenders> is a file with a line "<id> <tag>" for each of them.  Prints one
-- line of figures at the end: times are in microseconds.

local requests = {}
local patches = {}
local turn = 0
local number = 0


local function tenders(file)
    local list = {}

    for line in assert(io.open(file)):lines() do
        local id, tag = line:match('^(%S+) (%S+)$')
        list[#list + 1] = { id = id, tag = tag }
    end

    assert(#list > 0, 'no tenders in ' .. file)

    return list
end


local function next_request()
    turn = turn % #requests + 1
    return requests[turn]
end


local function next_patch()
    turn = turn % #patches + 1
    number = number + 1
    return string.format(patches[turn], number)
end


-- the same body, to something below each tender in turn

local function prepare_below(method, list, base, below, file)
    local body = assert(io.open(file)):read('*a')

    for _, tender in ipairs(list) do
        requests[#requests + 1] = wrk.format(method, base .. '/' .. tender.id
                                             .. below, nil, body)
    end
end


-- those of the command line, and more

local function headers_with(more)
    local headers = {}

    for name, value in pairs(wrk.headers) do
        headers[name] = value
    end

    for name, value in pairs(more) do
        headers[name] = value
    end

    return headers
end


-- wrk.format() counts the length of the body: the amount has 12 digits

local function prepare_patches(list, base)
    local body = '{"data":{"totalValue":{"amount":100000000000}}}'

    for _, tender in ipairs(list) do
        local text = wrk.format('PATCH', base .. '/' .. tender.id, nil, body)

        patches[#patches + 1] = text:gsub('%%', '%%%%')
                                    :gsub('100000000000', '%%012.0f')
    end
end


function init(args)
    local case, file = args[1], args[2]
    local base = wrk.path

    if case == 'same' then
        -- without request() wrk makes the text once, and is cheaper
        return

    elseif case == 'get' or case == 'tag' then
        for _, tender in ipairs(tenders(file)) do
            local headers = headers_with({})

            if case == 'tag' then
                headers['If-None-Match'] = tender.tag
            end

            requests[#requests + 1] = wrk.format('GET', base .. '/'
                                                 .. tender.id, headers)
        end

    elseif case == 'post' then
        wrk.headers['Content-Type'] = 'application/json'
        requests[1] = wrk.format('POST', base, nil,
                                 assert(io.open(file)):read('*a'))

    elseif case == 'patch' or case == 'one' then
        local list = tenders(file)

        wrk.headers['Content-Type'] = 'application/json'
        number = assert(tonumber(args[3]))
        prepare_patches(case == 'one' and { list[1] } or list, base)

    elseif case == 'bid' then
        wrk.headers['Content-Type'] = 'application/json'
        prepare_below('POST', tenders(file), base, '/bidders',
                      't/bench/bid.json')

    elseif case == 'report' then
        wrk.headers['Content-Type'] = 'application/json'
        prepare_below('PATCH', tenders(file), base, '/auction', args[3])

    elseif case == 'lines' then
        for line in assert(io.open(file)):lines() do
            local from, body = line:match('^(%S+) (.*)$')

            requests[#requests + 1] = wrk.format('POST', base, headers_with({
                ['Content-Type'] = 'application/x-www-form-urlencoded',
                ['X-Real-IP'] = from,
            }), body)
        end

    elseif case == 'paths' then
        for line in assert(io.open(file)):lines() do
            requests[#requests + 1] = wrk.format('GET', line, headers_with({}))
        end

    else
        error('there is no case ' .. tostring(case))
    end

    request = #patches > 0 and next_patch or next_request
end


function done(summary, latency)
    local errors = summary.errors

    print(string.format('FIGURES requests=%.0f us=%.0f bytes=%.0f '
                        .. 'refused=%.0f broken=%.0f p50=%.0f p99=%.0f',
                        summary.requests, summary.duration, summary.bytes,
                        errors.status,
                        errors.connect + errors.read + errors.write
                        + errors.timeout,
                        latency:percentile(50), latency:percentile(99)))
end
