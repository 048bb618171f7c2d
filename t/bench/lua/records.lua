-- Copyright (C) ngx_tender_module contributors

-- A tender as the export shows it, in Lua: a record of fields, and a list of
-- records as JSON, CSV or XML.

local cjson = require 'cjson.safe'

local concat = table.concat
local gsub = string.gsub
local find = string.find
local sub = string.sub

local _M = {}

local FIELDS = {
    'ID', 'Date', 'EndTime', 'TenderName', 'Category', 'Region', 'Etp', 'Fz',
    'Customer', 'CustomerINN', 'Price', 'Currency', 'TenderNumOuter',
    'TenderLink', 'TenderLinkInner', 'ApiTenderInfo', 'EisLink',
    'searchFragmentXML', 'Status', 'Modified', 'Cpv', 'Lots',
}

-- nothing was searched for

local NO_FRAGMENTS = { fragment = {} }

local ENTITIES = { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;' }


-- dd-mm-yyyy of 2014-10-24T...

local function day(date)
    return sub(date, 9, 10) .. '-' .. sub(date, 6, 7) .. '-' .. sub(date, 1, 4)
end


-- doc is JSON with what a tender has, and its number and dates

function _M.record(doc, site)
    local t = cjson.decode(doc)
    local buyer = t.procuringEntity or {}
    local period = t.tenderPeriod or {}
    local value = t.totalValue or {}
    local items = t.itemsToBeProcured or {}
    local cpv, seen = {}, {}

    for _, item in ipairs(items) do
        local class = item.primaryClassification

        if class and class.scheme == 'CPV' and not seen[class.id] then
            seen[class.id] = true
            cpv[#cpv + 1] = class.id
        end
    end

    local first = items[1] and items[1].primaryClassification or {}
    local page = site .. '/tenders/' .. t.id

    return {
        ID = t.number,
        Date = day(t.created),
        EndTime = period.endDate and day(period.endDate) or '',
        TenderName = t.title or '',
        Category = first.description or '',
        Region = buyer.address and buyer.address.region or '',
        Etp = sub(site, find(site, '://', 1, true) + 3),
        Fz = t.method or '',
        Customer = buyer.id and buyer.id.name or '',
        CustomerINN = buyer.id and buyer.id.uid or '',
        Price = value.amount and tostring(value.amount) or '',
        Currency = value.currency or '',
        TenderNumOuter = t.tenderID,
        TenderLink = page .. '.html',
        TenderLinkInner = page .. '.html',
        ApiTenderInfo = site .. '/api/export?id=' .. t.number,
        EisLink = t.notice and t.notice.uri or '',
        searchFragmentXML = NO_FRAGMENTS,
        Status = t.status,
        Modified = t.modified,
        Cpv = cpv,
        Lots = tostring(#items),
    }
end


function _M.json(total, records)
    local list = { { Total = tostring(total) } }

    for i, record in ipairs(records) do
        list[i + 1] = record
    end

    return cjson.encode(list)
end


local function cell(text)
    -- what a spreadsheet would take for a formula
    if find(text, '^[=+@\t\r-]') then
        text = "'" .. text
    end

    if find(text, '[",\r\n]') then
        return '"' .. gsub(text, '"', '""') .. '"'
    end

    return text
end


function _M.csv(_, records)
    local lines = { concat(FIELDS, ',') }

    for i, record in ipairs(records) do
        local cells = {}

        for j, name in ipairs(FIELDS) do
            local value = record[name]

            if type(value) == 'table' then
                value = concat(value.fragment or value, ' | ')
            end

            cells[j] = cell(value)
        end

        lines[i + 1] = concat(cells, ',')
    end

    lines[#lines + 1] = ''

    return concat(lines, '\r\n')
end


local function escaped(text)
    return (gsub(text, '[&<>]', ENTITIES))
end


function _M.xml(total, records)
    local out = { '<?xml version="1.0" encoding="UTF-8"?>\n<Items><Total>'
                  .. total .. '</Total>' }

    for _, record in ipairs(records) do
        out[#out + 1] = '<Item>'

        for _, name in ipairs(FIELDS) do
            local value = record[name]

            if type(value) == 'table' then
                out[#out + 1] = '<' .. name .. '>'
                for _, element in ipairs(value.fragment or value) do
                    out[#out + 1] = '<code>' .. escaped(element) .. '</code>'
                end
                out[#out + 1] = '</' .. name .. '>'

            else
                out[#out + 1] = '<' .. name .. '>' .. escaped(value) .. '</'
                                .. name .. '>'
            end
        end

        out[#out + 1] = '</Item>'
    end

    out[#out + 1] = '</Items>\n'

    return concat(out)
end


_M.types = {
    json = 'application/json; charset=utf-8',
    csv = 'text/csv; charset=utf-8',
    xml = 'application/xml; charset=utf-8',
}


return _M
