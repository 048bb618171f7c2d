-- Copyright (C) ngx_tender_module contributors

-- A page of ten found by SQLite's FTS5, in nginx's Lua, as JSON: the library
-- is called directly, statements are prepared once, the file is mapped.

local ffi = require 'ffi'
local records = require 'records'

local ngx = ngx

ffi.cdef [[
int sqlite3_open_v2(const char *path, void **db, int flags, const char *vfs);
int sqlite3_exec(void *db, const char *sql, void *callback, void *data,
    void *error);
int sqlite3_prepare_v2(void *db, const char *sql, int len, void **statement,
    void *rest);
int sqlite3_bind_text(void *statement, int n, const char *text, int len,
    intptr_t free);
int sqlite3_bind_double(void *statement, int n, double value);
int sqlite3_bind_int(void *statement, int n, int value);
int sqlite3_step(void *statement);
int sqlite3_reset(void *statement);
const char *sqlite3_column_text(void *statement, int n);
int sqlite3_column_bytes(void *statement, int n);
int sqlite3_column_int(void *statement, int n);
]]

local C = ffi.load('libsqlite3.so.0')

local READ_ONLY = 1
local ROW = 100
local STATIC = 0

local BY_DATE = [[
SELECT t.number, t.doc FROM (SELECT rowid AS number FROM words
    WHERE words MATCH ?1 ORDER BY rowid DESC LIMIT 10 OFFSET ?2) f
    CROSS JOIN tenders t ON t.number = f.number]]

local BY_PRICE = [[
SELECT t.number, t.doc FROM (SELECT w.rowid AS number FROM words w
    CROSS JOIN facts f ON f.number = w.rowid
    WHERE w.words MATCH ?1 AND f.price BETWEEN ?3 AND ?4
    ORDER BY f.price DESC LIMIT 10 OFFSET ?2) f
    CROSS JOIN tenders t ON t.number = f.number]]

local COUNT = 'SELECT count(*) FROM words WHERE words MATCH ?1'

local COUNT_PRICE = [[
SELECT count(*) FROM words w CROSS JOIN facts f ON f.number = w.rowid
    WHERE w.words MATCH ?1 AND f.price BETWEEN ?3 AND ?4]]

local db
local statements = {}
local _M = {}


local function must(rc)
    if rc ~= 0 then
        error('sqlite: ' .. rc)
    end
end


local function statement(sql)
    local made = statements[sql]

    if made then
        return made
    end

    local out = ffi.new('void *[1]')

    if not db then
        must(C.sqlite3_open_v2(ngx.var.database, out, READ_ONLY, nil))
        db = out[0]
        must(C.sqlite3_exec(db, 'PRAGMA mmap_size = 8589934592', nil, nil,
                            nil))
        must(C.sqlite3_exec(db, 'PRAGMA cache_size = -65536', nil, nil, nil))
    end

    must(C.sqlite3_prepare_v2(db, sql, -1, out, nil))
    statements[sql] = out[0]

    return out[0]
end


local function bound(sql, match, from, to, offset)
    local st = statement(sql)

    must(C.sqlite3_bind_text(st, 1, match, #match, STATIC))
    if offset then
        must(C.sqlite3_bind_int(st, 2, offset))
    end
    if from then
        must(C.sqlite3_bind_double(st, 3, from))
        must(C.sqlite3_bind_double(st, 4, to))
    end

    return st
end


-- what the loader posted, with what the store adds to it

local function document(st)
    local n = C.sqlite3_column_int(st, 0)
    local text = ffi.string(C.sqlite3_column_text(st, 1),
                            C.sqlite3_column_bytes(st, 1))

    return '{"number":"' .. n .. '","id":"' .. string.format('%032x', n)
           .. '","tenderID":"UA-2026-' .. n
           .. '","status":"active.tendering",'
           .. '"created":"2026-01-01T00:00:00.000Z",'
           .. '"modified":"2026-01-01T00:00:00.000Z",'
           .. text:sub(#'{"data":{' + 1, -2)
end


function _M.page()
    local args = ngx.req.get_uri_args()
    local from, to = tonumber(args.price1), tonumber(args.price2)
    local offset = ((tonumber(args.page) or 1) - 1) * 10
    local site = ngx.var.scheme .. '://' .. ngx.var.http_host
    local st = bound(from and BY_PRICE or BY_DATE, args.match, from, to,
                     offset)
    local list = {}

    while C.sqlite3_step(st) == ROW do
        list[#list + 1] = records.record(document(st), site)
    end

    C.sqlite3_reset(st)

    st = bound(from and COUNT_PRICE or COUNT, args.match, from, to)
    C.sqlite3_step(st)

    local total = C.sqlite3_column_int(st, 0)

    C.sqlite3_reset(st)

    local body = records.json(total, list)

    ngx.header['Content-Type'] = records.types.json
    ngx.header['Content-Length'] = #body
    ngx.print(body)
end


return _M
