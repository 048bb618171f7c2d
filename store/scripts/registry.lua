-- An account, or what belongs to one, is made, changed or removed.
--
-- KEYS  1 entries of its kind  2 names  3 numbers  4 list of all of its kind
--       5 list of its owner's  6 audit  7 accounts
--       of an account that is removed, what goes with it, its searches:
--       8 entries  9 list of all  10 list of its;
--       11 and on the lists that must be empty
-- ARGV  1 create, change, delete  2 kind  3 id, or '' for the next number
--       4 version, as read  5 owner  6 JSON  7 who  8 what
--       9 how many of them the owner may have, or ''
--       10 how many names it takes, then three for each: the name, its mark,
--       until when or ''; then the names that it drops
--
-- Returns {id, version, created, modified}, or {'MISSING'}, {'CONFLICT'},
-- {'TAKEN', name}, {'HELD'}, {'FULL'}.

local op, kind, id, owner = ARGV[1], ARGV[2], ARGV[3], ARGV[5]
local at = now()
local created, version = at, 1
local value = id ~= '' and call('HGET', KEYS[1], id)
local account, tenant = id, owner

local function parts(text)
    return string.match(text or '', '^(%d+) (%d+) %d+ (%S+)\n')
end

if kind ~= 'account' then
    local _

    account = owner
    _, _, tenant = parts(call('HGET', KEYS[7], owner))

    if not tenant then
        return {'MISSING'}
    end
end

if op == 'create' then

    -- an id is given once, so that nobody comes by what another one wrote

    if value or id ~= ''
       and call('HEXISTS', KEYS[3], kind .. ':' .. id) == 1
    then
        return {'TAKEN', 'id'}
    end

    if ARGV[9] ~= '' and call('ZCARD', KEYS[5]) >= tonumber(ARGV[9]) then
        return {'FULL'}
    end
else
    local last, first, holder = parts(value)

    if holder ~= owner then
        return {'MISSING'}
    end

    if last ~= ARGV[4] then
        return {'CONFLICT'}
    end

    version = tonumber(last) + 1
    created = tonumber(first)
end

local function holds(name)
    local holder = call('HGET', KEYS[2], name)
    return holder and string.match(holder, '^%a (%S+)')
end

local after = 11 + 3 * tonumber(ARGV[10])

for i = 11, after - 1, 3 do
    local holder = holds(ARGV[i])

    if holder and holder ~= id then
        return {'TAKEN', ARGV[i]}
    end
end

if op == 'delete' then
    for i = 11, #KEYS do
        if call('ZCARD', KEYS[i]) > 0 then
            return {'HELD'}
        end
    end
end

-- a number that is given moves the count on, so that no other one gets it

if id == '' then
    repeat
        id = text(call('HINCRBY', KEYS[3], kind, '1'))
    until call('HEXISTS', KEYS[1], id) == 0

elseif op == 'create' and kind == 'account'
   and tonumber(id) > tonumber(call('HGET', KEYS[3], kind) or 0)
then
    call('HSET', KEYS[3], kind, id)
end

if kind == 'account' then
    account = id
end

call('XADD', KEYS[6], '*', 'op', op, 'kind', kind, 'id', id,
     'account', account, 'tenant', tenant, 'who', ARGV[7], 'what', ARGV[8])

for i = after, #ARGV do
    if holds(ARGV[i]) == id then
        call('HDEL', KEYS[2], ARGV[i])
    end
end

for i = 11, after - 1, 3 do
    local holder = ARGV[i + 1] .. ' ' .. id

    if ARGV[i + 2] ~= '' then
        holder = holder .. ' ' .. ARGV[i + 2]
    end

    call('HSET', KEYS[2], ARGV[i], holder)
end

if op == 'delete' then
    call('HDEL', KEYS[1], id)
    call('ZREM', KEYS[4], id)
    call('ZREM', KEYS[5], id)

    if kind == 'account' then
        call('HSET', KEYS[3], kind .. ':' .. id, text(at))

        for _, search in ipairs(call('ZRANGE', KEYS[10], '0', '-1')) do
            call('HDEL', KEYS[8], search)
            call('ZREM', KEYS[9], search)
        end

        call('DEL', KEYS[10])
    end
else
    call('HSET', KEYS[1], id, text(version) .. ' ' .. text(created) .. ' '
         .. text(at) .. ' ' .. owner .. '\n' .. ARGV[6])
end

if op == 'create' then
    local place = text(call('HINCRBY', KEYS[3], 'place', '1'))

    call('ZADD', KEYS[4], place, id)
    call('ZADD', KEYS[5], place, id)
end

return {id, text(version), text(created), text(at)}
