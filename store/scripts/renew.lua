-- A refresh token is used, once.  Another one than the family has is one that
-- was used: whoever shows it, one of two has stolen it, and the family ends.
--
-- KEYS  1 family
-- ARGV  1 SHA-256 of the refresh token  2 client  3 SHA-256 of the next access
--       token  4 for how many microseconds  5 its scopes  6 SHA-256 of the
--       next refresh token
--
-- Returns {until when the access token is good, now}, or {'UNKNOWN'},
-- {'REUSED'}.

local at = now()
local family = call('HMGET', KEYS[1], 'who', 'refresh')
local client = string.match(family[1] or '', '^(%S+) ')
local hash, finish, scopes = string.match(family[2] or '',
                                          '^(%x+) (%d+) (%S+)$')

if client ~= ARGV[2] or not hash then
    return {'UNKNOWN'}
end

if hash ~= ARGV[1] then
    call('DEL', KEYS[1])

    return {'REUSED'}
end

if tonumber(finish) <= at then
    return {'UNKNOWN'}
end

-- the last moment of a refresh token is that of the first one

local access = at + tonumber(ARGV[4])

call('HSET', KEYS[1],
     'access', ARGV[3] .. ' ' .. text(access) .. ' ' .. ARGV[5],
     'refresh', ARGV[6] .. ' ' .. finish .. ' ' .. scopes)
call('PEXPIREAT', KEYS[1],
     text(floor(math.max(access, tonumber(finish)) / 1000) + 1))

return {text(access), text(at)}
