-- What is known about a credential, in one reading.
--
-- KEYS  1 names  2 accounts  3 users  4 clients  5 codes  6 keys
--       7 a family of tokens, a session, or the list of an account's keys
-- ARGV  1 code, refresh, login, client, family, session, account  2 what
--
-- Returns {now, account id, account, user id, user, client id, client,
-- code id, code, access, refresh, grant, epoch, then id and entry of each
-- key}, with '' for what there is none of; false: nobody is known by that, or
-- what it belongs to is there no more.

local by = ARGV[1]
local at = now()
local account, user, client, code, access, refresh, grant, epoch

local function owner(value)
    return value and string.match(value, '^%d+ %d+ %d+ (%S+)\n')
end

if by == 'code' or by == 'refresh' then
    local name = call('HGET', KEYS[1], 'secret:' .. ARGV[2])
    local mark, id, finish = string.match(name or '', '^(%a) (%S+) ?(%d*)$')

    if mark ~= (by == 'code' and 'c' or 'r')
       or finish ~= '' and tonumber(finish) <= at then
        return false
    end

    code = id
    account = owner(call('HGET', KEYS[5], id))

elseif by == 'login' then
    user = string.match(call('HGET', KEYS[1], 'login:' .. ARGV[2]) or '',
                        '^u (%S+)$')
    account = user and owner(call('HGET', KEYS[3], user))

elseif by == 'client' then
    client = ARGV[2]
    account = owner(call('HGET', KEYS[4], client))

elseif by == 'family' then
    local family = call('HMGET', KEYS[7], 'who', 'access', 'refresh')

    client, user, account, grant =
        string.match(family[1] or '', '^(%S+) (%S+) (%S+) (%S+)$')
    access = family[2]
    refresh = family[3]

    if user == '-' then
        user = nil
    end

elseif by == 'session' then
    user, account = string.match(call('GET', KEYS[7]) or '',
                                 '^(%S+) (%S+)$')

else
    account = ARGV[2]
end

if not account then
    return false
end

-- of a session and a token: of which password of the user it is

if user and by ~= 'login' then
    user, epoch = string.match(user, '^([^:]+):(%d+)$')
end

local value = call('HGET', KEYS[2], account)

if not value then
    return false
end

local records = { text(at), account, value }

local function add(id, entry)
    records[#records + 1] = id or ''
    records[#records + 1] = entry or ''
end

-- 1 unless it is gone, or of another account

local function find(key, id, strict)
    local entry = id and call('HGET', key, id)

    if id and (not entry or strict and owner(entry) ~= account) then
        return false
    end

    add(id, entry)

    return true
end

-- a user may have let in the client of another account

if not find(KEYS[3], user, true)
   or not find(KEYS[4], client, not user)
   or not find(KEYS[5], code, true)
then
    return false
end

add(access, refresh)
add(grant, epoch)

if by == 'account' then
    for _, id in ipairs(call('ZRANGE', KEYS[7], '0', '15')) do
        add(id, call('HGET', KEYS[6], id))
    end
end

return records
